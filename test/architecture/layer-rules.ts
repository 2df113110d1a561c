/**
 * Who may import whom. One row a layer: what it may import besides itself, samples of what it may not, and why. A row
 * that is too narrow is changed here, with its reason, and nowhere else.
 */
import { importsOf, packageOf } from './imports.ts';
import type { Rule } from './rule.ts';
import type { SourceFile } from './source-file.ts';

interface Layer {
  /** A folder (with its slash) or one file. */
  readonly of: string;
  /** Folders, files, package names with everything below them, or exact entries of ours. `node:` is all of Node. */
  readonly may: readonly string[];
  /** Made-up imports that must be refused. */
  readonly mayNot: readonly string[];
  readonly because: string;
}

const PROTOCOL = '@pikit/protocol';
const MANIFEST = '@pikit/protocol/manifest';
const RELEASE_INDEX = '@pikit/protocol/release-index';
/** For the version that a program tells. */
const AGENT_PACKAGE = 'packages/agent/package.json';
const API_PACKAGE = 'packages/api/package.json';
/** The list of what the world can do to the agent. */
const PORTS = ['packages/agent/src/ports.ts', 'packages/agent/src/system-ports.ts'] as const;
const RELEASE_PACKAGE = 'deploy/release/package.json';

export const LAYERS: readonly Layer[] = [
  {
    of: 'packages/protocol/src/',
    may: ['valibot'],
    mayNot: ['node:fs', 'semver', 'packages/agent/src/ports.ts', PROTOCOL],
    because: 'both ends and the browser share it, so it can need nothing that one of them lacks',
  },
  {
    of: 'packages/ui/src/',
    may: [PROTOCOL, 'preact'],
    mayNot: [
      MANIFEST,
      RELEASE_INDEX,
      'node:fs',
      'valibot',
      '@pikit/agent',
      'packages/api/src/app.ts',
    ],
    because:
      'it runs in a browser and renders what the server says; manifests are the agent’s business',
  },
  {
    of: 'packages/api/src/',
    may: [
      PROTOCOL,
      API_PACKAGE,
      'node:',
      '@valibot/to-json-schema',
      'hono',
      '@hono/node-server',
      'json-rpc-2.0',
      'micromark',
      'micromark-extension-gfm-autolink-literal',
      'smol-toml',
      'valibot',
    ],
    mayNot: [MANIFEST, '@pikit/agent', 'packages/agent/src/ports.ts', 'got'],
    because: 'the unprivileged side must not be able to hold code that needs privilege',
  },
  {
    of: 'packages/agent/src/core/',
    may: [PROTOCOL, MANIFEST, 'semver', 'valibot'],
    mayNot: [
      'node:path',
      'packages/agent/src/ports.ts',
      'packages/agent/src/steps/stage.ts',
      'got',
    ],
    because: 'decisions are pure, so that tables of values can test every one of them',
  },
  ...PORTS.map((of) => ({
    of,
    may: [PROTOCOL],
    mayNot: ['node:fs', 'packages/agent/src/core/policy.ts', 'packages/agent/src/adapters/disk.ts'],
    because: 'it is the list of what the world can do to us, in the words of the protocol',
  })),
  {
    of: 'packages/agent/src/config.ts',
    may: [PROTOCOL, MANIFEST, 'packages/agent/src/core/', 'smol-toml', 'valibot'],
    mayNot: [
      'node:fs',
      'packages/agent/src/adapters/disk.ts',
      'packages/agent/src/updater/runner.ts',
    ],
    because: 'it turns text into a checked value; reading the file is somebody else’s work',
  },
  {
    of: 'packages/agent/src/steps/',
    may: [PROTOCOL, MANIFEST, 'packages/agent/src/core/', ...PORTS, 'valibot'],
    mayNot: [
      'node:fs',
      'packages/agent/src/updater/runner.ts',
      'packages/agent/src/adapters/disk.ts',
    ],
    because: 'a step acts through ports, so that a disk that loses power can be put under it',
  },
  {
    of: 'packages/agent/src/updater/',
    may: [
      PROTOCOL,
      MANIFEST,
      'packages/agent/src/core/',
      ...PORTS,
      'packages/agent/src/steps/',
      'valibot',
    ],
    mayNot: ['node:fs', 'packages/agent/src/rpc/server.ts', 'packages/agent/src/adapters/disk.ts'],
    because: 'a use case must run the same whoever calls it and whatever stands behind the ports',
  },
  {
    of: 'packages/agent/src/rpc/',
    may: [
      PROTOCOL,
      'packages/agent/src/core/',
      'packages/agent/src/ports.ts',
      'packages/agent/src/updater/',
      'json-rpc-2.0',
      'valibot',
      'node:net',
      'node:path',
    ],
    mayNot: [
      'node:fs',
      MANIFEST,
      'packages/agent/src/steps/stage.ts',
      'packages/agent/src/adapters/disk.ts',
    ],
    because: 'what comes in from a socket reaches files and services only through the use cases',
  },
  {
    of: 'packages/agent/src/adapters/',
    may: [PROTOCOL, RELEASE_INDEX, ...PORTS, 'node:', 'got', 'tar-stream', 'lockfile', 'valibot'],
    mayNot: ['packages/agent/src/core/policy.ts', 'packages/agent/src/steps/stage.ts', 'semver'],
    because: 'an adapter translates; a decision made in it could not be tested without the world',
  },
  {
    of: 'packages/agent/src/cli/',
    may: [
      PROTOCOL,
      AGENT_PACKAGE,
      'packages/agent/src/core/',
      'packages/agent/src/config.ts',
      'node:',
      'json-rpc-2.0',
      'smol-toml',
      'valibot',
    ],
    mayNot: [
      'packages/agent/src/ports.ts',
      'packages/agent/src/adapters/disk.ts',
      'packages/agent/src/rpc/server.ts',
      'packages/agent/src/updater/runner.ts',
      'got',
    ],
    because:
      'the CLI is a client like any other; what is wrong with an agent that is dead it reads with the same schemas',
  },
  {
    of: 'deploy/release/src/',
    may: [
      PROTOCOL,
      MANIFEST,
      RELEASE_INDEX,
      'packages/agent/src/core/',
      RELEASE_PACKAGE,
      'node:',
      'semver',
      'smol-toml',
      'tar-stream',
      'valibot',
    ],
    mayNot: ['packages/agent/src/adapters/disk.ts', 'packages/agent/src/steps/stage.ts', 'got'],
    because:
      'packer and agent share one set of rules, and the packer nothing of what runs on a device',
  },
];

const within = (place: string, path: string): boolean =>
  place.endsWith('/') || place.endsWith(':') ? path.startsWith(place) : path === place;

/** A workspace's entries are allowed one by one, a library with all of its entries. */
function allows({ of, may }: Layer, target: string): boolean {
  if (within(of, target)) return true;
  return may.some(
    (place) =>
      within(place, target) || (!target.startsWith('@pikit/') && place === packageOf(target)),
  );
}

function strangers(layer: Layer, files: readonly SourceFile[]): readonly string[] {
  return files
    .filter(({ path }) => within(layer.of, path))
    .flatMap((file) =>
      importsOf(file)
        .filter(({ target }) => !allows(layer, target))
        .map(({ target, line }) => `${file.path}:${line} imports ${target}`),
    );
}

const fileIn = (of: string): string => (of.endsWith('/') ? `${of}made-up/deeper/file.ts` : of);
/** A path of the checkout, as a relative import writes it. */
const spelled = (from: string, target: string): string =>
  /^(packages|deploy)\//.test(target)
    ? `${'../'.repeat(from.split('/').length - 1)}${target}`
    : target;

const importing = (of: string, target: string) => ({
  [fileIn(of)]: `import type { X } from '${spelled(fileIn(of), target)}';`,
});

export const LAYER_RULES: readonly Rule[] = LAYERS.map((layer) => ({
  rule: `${layer.of} imports itself${layer.may.map((place) => `, ${place}`).join('')}`,
  because: layer.because,
  find: (files) => strangers(layer, files),
  bites: Object.fromEntries(layer.mayNot.map((target) => [target, importing(layer.of, target)])),
  spares: Object.fromEntries(
    layer.may.map((place) => {
      const target = place === 'node:' ? 'node:path' : place.endsWith('/') ? `${place}x.ts` : place;
      return [target, importing(layer.of, target)];
    }),
  ),
}));
