/** Publishing into a directory: whole folders, an index that follows them, and several publishers at once. */
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { publishToDirectory } from '../../src/publish/to-directory.ts';
import { aRelease, filesOf } from './scene.ts';

let dir: TempDir;
let target: string;
beforeEach(async () => {
  dir = await makeTempDir();
  target = join(dir.path, 'www/releases');
});
afterEach(() => dir.remove());

const publish = async (version = '1.4.0', page = `page of ${version}`) =>
  publishToDirectory(await filesOf(await aRelease(dir.path, version, page)), target);
const versions = async (): Promise<readonly string[]> => {
  const text = await readFile(join(target, 'releases.json'), 'utf8');
  return (JSON.parse(text) as { releases: { version: string }[] }).releases.map(
    ({ version }) => version,
  );
};

describe('publishToDirectory', () => {
  it('places the three files and the index, readable for all', async () => {
    const before = process.umask(0o077);
    try {
      expect(await publish()).toBe(true);
    } finally {
      process.umask(before);
    }
    expect((await readdir(target)).sort()).toEqual(['1.4.0', 'releases.json']);
    const names = await readdir(join(target, '1.4.0'));
    expect(names.sort()).toEqual(['manifest.json', 'manifest.json.minisig', 'pikit-1.4.0.tar.gz']);
    const modes = ['1.4.0', '1.4.0/manifest.json', 'releases.json'].map(
      async (path) => (await stat(join(target, path))).mode & 0o777,
    );
    expect(await Promise.all(modes)).toEqual([0o755, 0o644, 0o644]);
  });

  it.runIf(process.geteuid?.() === 0)('takes files that nobody may write', async () => {
    const release = await filesOf(await aRelease(dir.path));
    for (const { path } of release.files) {
      await chmod(path, 0o444);
      for (const above of [join(path, '..'), join(path, '../..')]) await chmod(above, 0o755);
    }
    await chmod(dir.path, 0o777);
    // Whom no mode keeps out learns nothing.
    process.seteuid?.(65_534);
    try {
      expect(await publishToDirectory(release, target)).toBe(true);
    } finally {
      process.seteuid?.(0);
    }
  });

  it('finds it there when it is published again', async () => {
    const files = await filesOf(await aRelease(dir.path));
    expect(await publishToDirectory(files, target)).toBe(true);
    expect(await publishToDirectory(files, target)).toBe(false);
  });

  it('refuses the version with other content, and leaves it as it was', async () => {
    await publish();
    const manifest = join(target, '1.4.0/manifest.json');
    const before = await readFile(manifest);
    await expectCode(publish('1.4.0', 'another page'), 'already-published');
    expect(await readFile(manifest)).toEqual(before);
    await mkdir(join(target, '1.5.0'));
    await expectCode(publish('1.5.0'), 'already-published');
  });

  it('mends an index that an interrupted run did not write', async () => {
    const files = await filesOf(await aRelease(dir.path));
    await publishToDirectory(files, target);
    await writeFile(join(target, 'releases.json'), '{');
    expect(await publishToDirectory(files, target)).toBe(false);
    expect(await versions()).toEqual(['1.4.0']);
  });

  it('loses no entry of publishers at the same time', async () => {
    const all = Array.from({ length: 8 }, (_, index) => `1.${String(index)}.0`);
    const files = await Promise.all(
      all.map(async (version) => filesOf(await aRelease(dir.path, version))),
    );
    await Promise.all(files.map((one) => publishToDirectory(one, target)));
    expect(await versions()).toEqual(all.toReversed());
  });

  it('lets two publish the same release, once', async () => {
    const files = await filesOf(await aRelease(dir.path));
    const isNew = await Promise.all([
      publishToDirectory(files, target),
      publishToDirectory(files, target),
    ]);
    expect(isNew.filter(Boolean)).toHaveLength(1);
    expect((await readdir(target)).sort()).toEqual(['1.4.0', 'releases.json']);
  });

  it('leaves nothing behind when somebody ends it meanwhile', async () => {
    const heard: unknown[] = [];
    const hear = (event: unknown): void => void heard.push(event);
    process.on('newListener', hear);
    try {
      await publish();
    } finally {
      process.off('newListener', hear);
    }
    expect(heard).toContain('SIGINT');
  });

  it('leaves nothing behind of a release that changed while it was copied', async () => {
    const built = await aRelease(dir.path);
    const files = await filesOf(built);
    await writeFile(built.manifest, 'another manifest');
    await expectCode(publishToDirectory(files, target), 'hash-mismatch');
    expect(await readdir(target)).toEqual([]);
  });

  it('says write-failed for a target that is a file', async () => {
    await mkdir(join(dir.path, 'www'));
    await writeFile(target, '');
    await chmod(target, 0o600);
    await expectCode(publish(), 'write-failed');
  });
});
