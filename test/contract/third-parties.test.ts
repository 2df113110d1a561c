/** Whose code is in a release: told from the modules of a build, and refused where name, licence or its text is missing. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { thirdPartiesOf } from '../../deploy/product/third-parties.mjs';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

let temp: TempDir;
beforeEach(async () => {
  temp = await makeTempDir();
  await put('package-lock.json', {
    packages: {
      'node_modules/left': { version: '1.0.0', integrity: 'sha512-AAAA' },
      'node_modules/@scope/right': { version: '2.0.0' },
      'node_modules/left/node_modules/inner': { version: '3.0.0', integrity: 'sha512-BBBB' },
    },
  });
  await putPackage('node_modules/left', { name: 'left', version: '1.0.0', license: 'MIT' });
  await putPackage('node_modules/@scope/right', {
    name: '@scope/right',
    version: '2.0.0',
    license: 'Apache-2.0',
  });
  await putPackage('node_modules/left/node_modules/inner', {
    name: 'inner',
    version: '3.0.0',
    license: 'ISC',
  });
});
afterEach(() => temp.remove());

async function put(path: string, content: object | string): Promise<void> {
  const place = join(temp.path, path);
  await mkdir(dirname(place), { recursive: true });
  await writeFile(place, typeof content === 'string' ? content : JSON.stringify(content));
}

async function putPackage(place: string, packageJson: object): Promise<void> {
  await put(`${place}/package.json`, packageJson);
  await put(`${place}/LICENSE`, `the licence of ${place}\r\n`);
}

const codeOf = (modules: Record<string, readonly string[]>): unknown => {
  try {
    return thirdPartiesOf(temp.path, modules);
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
};

describe('thirdPartiesOf', () => {
  it('names each package once, by what was bundled, with its outputs and its text', async () => {
    await put('node_modules/@scope/right/NOTICE.txt', 'a notice');
    const found = thirdPartiesOf(temp.path, {
      'lib/b.mjs': ['packages/a/src/main.ts', 'node_modules/left/a.js', 'node_modules/left/b.js'],
      'lib/a.mjs': ['node_modules/left/a.js', 'node_modules/left/node_modules/inner/index.js'],
      ui: ['packages/ui/src/style.css?inline', 'node_modules/@scope/right/dist/index.mjs'],
    });
    expect(found).toEqual([
      {
        place: 'node_modules/@scope/right',
        name: '@scope/right',
        version: '2.0.0',
        licence: 'Apache-2.0',
        integrity: undefined,
        outputs: ['ui'],
        texts: ['the licence of node_modules/@scope/right', 'a notice'],
      },
      {
        place: 'node_modules/left',
        name: 'left',
        version: '1.0.0',
        licence: 'MIT',
        integrity: 'sha512-AAAA',
        outputs: ['lib/b.mjs', 'lib/a.mjs'],
        texts: ['the licence of node_modules/left'],
      },
      {
        place: 'node_modules/left/node_modules/inner',
        name: 'inner',
        version: '3.0.0',
        licence: 'ISC',
        integrity: 'sha512-BBBB',
        outputs: ['lib/a.mjs'],
        texts: ['the licence of node_modules/left/node_modules/inner'],
      },
    ]);
  });

  it('leaves out what is installed and not bundled', () => {
    expect(codeOf({ ui: ['packages/ui/src/main.tsx'] })).toEqual([]);
  });

  it.each([undefined, 'UNLICENSED', 'SEE LICENSE IN LICENSE', 'GPL-3.0-only', { type: 'MIT' }])(
    'refuses the licence %j',
    async (license) => {
      await putPackage('node_modules/left', { name: 'left', version: '1.0.0', license });
      expect(codeOf({ ui: ['node_modules/left/a.js'] })).toBe('licence-unknown');
    },
  );

  it('refuses a package without the text of its licence', async () => {
    const text = join(temp.path, 'node_modules/left/LICENSE');
    await writeFile(text, '\n');
    expect(codeOf({ ui: ['node_modules/left/a.js'] })).toBe('licence-missing');
    await rm(text);
    expect(codeOf({ ui: ['node_modules/left/a.js'] })).toBe('licence-missing');
  });

  it('refuses a package in another version than the lock file has, or that it does not have', async () => {
    await putPackage('node_modules/left', { name: 'left', version: '1.0.1', license: 'MIT' });
    expect(codeOf({ ui: ['node_modules/left/a.js'] })).toBe('not-as-locked');
    await putPackage('node_modules/more', { name: 'more', version: '1.0.0', license: 'MIT' });
    expect(codeOf({ ui: ['node_modules/more/a.js'] })).toBe('not-as-locked');
  });

  it('takes what vite puts in for a part of vite', async () => {
    const locked = { packages: { 'node_modules/vite': { version: '8.0.0' } } };
    await put('package-lock.json', locked);
    await putPackage('node_modules/vite', { name: 'vite', version: '8.0.0', license: 'MIT' });
    expect(thirdPartiesOf(temp.path, { ui: ['\0vite/preload-helper.js'] })).toMatchObject([
      { name: 'vite', licence: 'MIT', outputs: ['ui'] },
    ]);
  });

  it.each(['\0other/helper.js', '../elsewhere/index.js', 'vendor/left.js'])(
    'refuses a module that belongs to nobody it knows: %j',
    (path) => {
      expect(codeOf({ ui: [path] })).toBe('origin-unknown');
    },
  );
});
