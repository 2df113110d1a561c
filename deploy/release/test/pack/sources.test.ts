/** What is collected from real directories, under which name, with which mode, and what is refused by its name alone. */
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { collectSources, suspiciousNames } from '../../src/pack/sources.ts';

const FILE = 'pikit-release.toml';
let dir: TempDir;
beforeEach(async () => {
  dir = await makeTempDir();
});
afterEach(() => dir.remove());

async function put(path: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(join(dir.path, path)), { recursive: true });
  await writeFile(join(dir.path, path), path);
  await chmod(join(dir.path, path), mode);
}

interface Entry {
  readonly from: string;
  readonly to: string;
  readonly mode?: string;
}
const WEB: Entry = { from: 'dist/', to: 'web' };

const collect = (entry: readonly Entry[], exclude: string[] = []) =>
  collectSources({ changelog: '', entry: [...entry], exclude }, dir.path, FILE);
const pathsOf = (found: Awaited<ReturnType<typeof collect>>) => found.files.map(({ path }) => path);

describe('collectSources', () => {
  it('names files by what they are in the release, in the order of their bytes', async () => {
    const names = ['\u{1f353}', '\uffe5', 'b', 'B', 'a/z', 'a.js', 'a-b'];
    for (const name of names) await put(`dist/${name}`);
    await put('api.py');
    const found = await collect([WEB, { from: 'api.py', to: 'bin/api.py' }]);
    const paths = [
      'bin/api.py',
      ...['B', 'a-b', 'a.js', 'a/z', 'b', '\uffe5', '\u{1f353}'].map((name) => `web/${name}`),
    ];
    expect(pathsOf(found)).toEqual(paths);
    expect(found.files[0]).toEqual({
      path: 'bin/api.py',
      source: join(dir.path, 'api.py'),
      size: 6,
      mode: '0644',
    });
  });

  it.each([
    [0o600, undefined, '0644'],
    [0o744, undefined, '0755'],
    [0o4755, undefined, '0755'],
    [0o655, undefined, '0644'],
    [0o600, '4755', '4755'],
  ])('makes of mode %o with %s the mode %s', async (mode, given, made) => {
    await put('dist/a', mode);
    const { files } = await collect([given === undefined ? WEB : { ...WEB, mode: given }]);
    expect(files[0]?.mode).toBe(made);
  });

  it('keeps symlinks below a directory and follows the one that an entry names', async () => {
    await put('build/a.js');
    await symlink('build', join(dir.path, 'dist'));
    await symlink('a.js', join(dir.path, 'build/b.js'));
    await symlink('build/a.js', join(dir.path, 'c.js'));
    const found = await collect([WEB, { from: 'c.js', to: 'c.js' }]);
    expect(pathsOf(found)).toEqual(['c.js', 'web/a.js']);
    expect(found.links).toEqual([{ path: 'web/b.js', to: 'a.js' }]);
  });

  it('leaves out what is excluded below directories, never what an entry names', async () => {
    for (const name of ['a.js', 'a.map', '.git/config']) await put(`dist/${name}`);
    const entries = [WEB, { from: 'dist/a.map', to: 'map/a.map' }];
    expect(pathsOf(await collect(entries, ['**/*.map', '**/.git']))).toEqual([
      'map/a.map',
      'web/a.js',
    ]);
  });

  it('refuses what is neither file, directory nor symlink', async () => {
    await mkdir(join(dir.path, 'dist'));
    execFileSync('mkfifo', [join(dir.path, 'dist/pipe')]);
    const error = await expectCode(collect([WEB]), 'entry-refused');
    expect(error.details).toMatchObject({ path: 'web/pipe' });
  });

  it.each([
    ['a name that is no UTF-8', Buffer.from([0x61, 0xff])],
    ['a backslash', Buffer.from('a\\b')],
  ])('refuses %s', async (_what, name) => {
    await mkdir(join(dir.path, 'dist'));
    await writeFile(Buffer.concat([Buffer.from(join(dir.path, 'dist/')), name]), '');
    await expectCode(collect([WEB]), 'manifest-invalid');
  });

  it.each([
    ['is not there', [WEB]],
    ['is empty', [{ from: 'empty', to: 'web' }]],
  ])('refuses an entry whose source %s', async (_what, entries) => {
    await mkdir(join(dir.path, 'empty/deeper'), { recursive: true });
    const error = await expectCode(collect(entries), 'config-invalid');
    expect(error.details).toMatchObject({ file: FILE, key: 'entry.0.from' });
  });
});

describe('suspiciousNames', () => {
  it('names what hardly anybody means to publish', async () => {
    const names = [
      '.git/HEAD',
      'a/.git/config',
      'node_modules/b/c.js',
      '.env.local',
      'x.env',
      '.gitignore',
      'keys/pi-kit.key',
      'x.keys',
    ];
    for (const name of names) await put(`dist/${name}`);
    expect(suspiciousNames(await collect([WEB]))).toEqual([
      '.git is in the release: web/.git/HEAD (2 files)',
      'node_modules is in the release: web/node_modules/b/c.js (1 file)',
      '.env is in the release: web/.env.local (1 file)',
      '.key is in the release: web/keys/pi-kit.key (1 file)',
    ]);
    expect(
      suspiciousNames(await collect([WEB], ['**/.git', '**/.env*', '**/node_modules', '**/*.key'])),
    ).toEqual([]);
  });
});
