/** Rules on imports that are not about one layer: libraries, adapters, index files, circles. */
import { circlesIn, importsOf, packageOf } from './imports.ts';
import type { Rule } from './rule.ts';
import type { SourceFile } from './source-file.ts';

/** Library → the only files that ship and may import it: a folder with its slash, or one file. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  got: ['packages/agent/src/adapters/http-got.ts'],
  'tar-stream': ['packages/agent/src/adapters/archive-tar.ts'],
  lockfile: ['packages/agent/src/adapters/lock-file.ts'],
  'json-rpc-2.0': ['packages/agent/src/rpc/', 'packages/agent/src/cli/', 'packages/api/src/agent/'],
  hono: ['packages/api/src/'],
  '@hono/node-server': ['packages/api/src/'],
  '@valibot/to-json-schema': ['packages/api/src/openapi.ts'],
  micromark: ['packages/api/src/notes-html.ts'],
  'micromark-extension-gfm-autolink-literal': ['packages/api/src/notes-html.ts'],
  preact: ['packages/ui/src/'],
  'smol-toml': [
    'packages/agent/src/config.ts',
    'packages/agent/src/cli/device/ask-api.ts',
    'packages/api/src/config.ts',
  ],
  semver: ['packages/agent/src/core/'],
  valibot: ['packages/protocol/src/', 'packages/agent/src/', 'packages/api/src/'],
};

const ships = ({ path }: SourceFile): boolean => /^packages\/[^/]+\/src\//.test(path);
const isMain = (path: string): boolean => /\/main\.tsx?$/.test(path);
const under = (place: string, path: string): boolean =>
  place.endsWith('/') ? path.startsWith(place) : path === place;

function importsWhere(
  files: readonly SourceFile[],
  refused: (target: string, path: string) => boolean,
): readonly string[] {
  return files.flatMap((file) =>
    importsOf(file)
      .filter(({ target }) => refused(target, file.path))
      .map(({ target, line }) => `${file.path}:${line} imports ${target}`),
  );
}

const isLibrary = (target: string): boolean =>
  !/^(packages|test|deploy)\//.test(target) &&
  !target.startsWith('node:') &&
  !target.startsWith('@pikit/');

export const IMPORT_RULES: readonly Rule[] = [
  {
    rule: 'a library is imported by the few files named for it',
    because: 'then it can be replaced, and its oddities have one place to be dealt with',
    find: (files) =>
      importsWhere(
        files.filter(ships),
        (target, path) =>
          isLibrary(target) &&
          !(LIBRARIES[packageOf(target)] ?? []).some((place) => under(place, path)),
      ),
    bites: {
      'got outside its adapter': {
        'packages/agent/src/adapters/disk.ts': `import got from 'got';`,
      },
      'a type of tar-stream in a step': {
        'packages/agent/src/steps/stage.ts': `import type { Headers } from 'tar-stream';`,
      },
      'an entry below hono in the agent': {
        'packages/agent/src/rpc/server.ts': `export { stream } from 'hono/streaming';`,
      },
      'a library nobody decided on': { 'packages/api/src/app.ts': `await import('left-pad');` },
      'valibot in the ui': { 'packages/ui/src/model/status.ts': `import * as v from 'valibot';` },
    },
    spares: {
      'an entry of a library in its place': {
        'packages/agent/src/core/selection.ts': `import compare from 'semver/functions/compare.js';`,
      },
      'a library named in a comment': { 'packages/api/src/app.ts': `// import got from 'got';` },
    },
  },
  {
    rule: 'nobody but main imports an adapter',
    because: 'only main constructs; everyone else is given what it needs',
    find: (files) =>
      importsWhere(
        files.filter(ships),
        (target, path) =>
          target.startsWith('packages/agent/src/adapters/') &&
          !path.startsWith('packages/agent/src/adapters/') &&
          path !== 'packages/agent/src/main.ts',
      ),
    bites: {
      'a type of an adapter': {
        'packages/agent/src/updater/check.ts': `import type { Got } from '../adapters/http-got.ts';`,
      },
      'the CLI’s main': {
        'packages/agent/src/cli/main.ts': `import { x } from '../adapters/clock-system.ts';`,
      },
    },
    spares: {
      'the agent’s main': {
        'packages/agent/src/main.ts': `import { createDisk } from './adapters/disk.ts';`,
      },
      'an adapter next to it': {
        'packages/agent/src/adapters/a.ts': `import { b } from './b.ts';`,
      },
    },
  },
  {
    rule: 'nothing that ships imports a test, a demo or a deploy script',
    because: 'a root daemon must not carry code that was written to pretend',
    find: (files) =>
      importsWhere(files.filter(ships), (target) =>
        /^(test|deploy)\/|^packages\/[^/]+\/test\/|^@pikit\/test/.test(target),
      ),
    bites: {
      'a sample document': {
        'packages/agent/src/rpc/server.ts': `import { aStatus } from '../../../protocol/test/examples.ts';`,
      },
      'the test support': {
        'packages/api/src/app.ts': `import { x } from '../../../test/support/x.ts';`,
      },
    },
  },
  {
    rule: 'child processes are started by adapters, and by one file of the CLI',
    because:
      'a command line is an effect with privileges, and effects stand in one folder; rescue has hands where no agent runs',
    find: (files) =>
      importsWhere(
        files.filter(ships),
        (target, path) =>
          /^(node:)?child_process$/.test(target) &&
          !path.startsWith('packages/agent/src/adapters/') &&
          path !== 'packages/agent/src/cli/device/program.ts',
      ),
    bites: {
      'a step that runs a program': {
        'packages/agent/src/steps/restart.ts': `import { execFile } from 'node:child_process';`,
      },
      'the api': { 'packages/api/src/main.ts': `import { spawn } from 'child_process';` },
    },
    spares: {
      'the adapter for systemd': {
        'packages/agent/src/adapters/services-systemd.ts': `import { execFile } from 'node:child_process';`,
      },
    },
  },
  {
    rule: 'a package has at most one index file, at its root',
    because: 'an inner index hides who needs what, and closes circles',
    find: (files) =>
      files
        .map(({ path }) => path)
        .filter((path) => /(^|\/)index\.[cm]?[jt]sx?$/.test(path))
        .filter((path) => !/^packages\/[^/]+\/src\/index\.ts$/.test(path)),
    bites: {
      'an index of a folder': { 'packages/agent/src/steps/index.ts': '' },
      'an index among the tests': { 'test/support/index.ts': '' },
    },
    spares: { 'the entry of a package': { 'packages/protocol/src/index.ts': '' } },
  },
  {
    rule: 'no file reaches itself through its imports, types included',
    because: 'files in a circle can only be read, tested and moved together',
    find: circlesIn,
    bites: {
      'two files that share types': {
        'packages/api/src/a.ts': `import type { B } from './b.ts';`,
        'packages/api/src/b.ts': `import type { A } from './a.ts';`,
      },
      'a file that goes through the package’s own entry': {
        'packages/protocol/src/index.ts': `export { x } from './status.ts';`,
        'packages/protocol/src/status.ts': `import type { X } from '@pikit/protocol';`,
      },
      'a circle of three behind an entry': {
        'packages/api/src/main.ts': `import './a.ts';`,
        'packages/api/src/a.ts': `import './b.ts';`,
        'packages/api/src/b.ts': `export * from './c.ts';`,
        'packages/api/src/c.ts': `type A = import('./a.ts').A;`,
      },
    },
    spares: {
      'two ways to the same file': {
        'packages/api/src/a.ts': `import './b.ts'; import './c.ts';`,
        'packages/api/src/b.ts': `import './c.ts';`,
        'packages/api/src/c.ts': '',
      },
    },
  },
];

export { isMain, ships };
