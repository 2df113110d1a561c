/** Which files are published, and what is refused before anybody is asked. */
import { appendFile, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuiltRelease } from '../../../../test/support/bundle-builder.ts';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { digestOf, readReleaseFiles } from '../../src/publish/release-files.ts';
import { NEW, OLD, packVersion } from '../patch/scene.ts';
import { aRelease } from './scene.ts';

let dir: TempDir;
let built: BuiltRelease;
beforeEach(async () => {
  dir = await makeTempDir();
  built = await aRelease(dir.path);
});
afterEach(() => dir.remove());

describe('readReleaseFiles', () => {
  it('names the three with their digests, the manifest last', async () => {
    const release = await readReleaseFiles(built.dir, false);
    expect(release).toMatchObject({ version: '1.4.0', channel: 'stable', isSigned: true });
    expect(release.files.map(({ name }) => name)).toEqual([
      'pikit-1.4.0.tar.gz',
      'manifest.json.minisig',
      'manifest.json',
    ]);
    expect(release.files[2]).toMatchObject({ sha256: built.manifestSha256 });
  });

  it('takes the patches along, before the manifest, and only as they were packed', async () => {
    const first = await packVersion(dir.path, '2.0.0', OLD);
    const second = await packVersion(dir.path, '2.1.0', NEW, [first]);
    const { files } = await readReleaseFiles(second, true);
    expect(files.map(({ name }) => name)).toEqual([
      'pikit-2.1.0.tar.gz',
      expect.stringMatching(/^pikit-2\.1\.0\.from-[0-9a-f]{8}\.patch$/),
      'manifest.json.gz',
      'manifest.json',
    ]);
    await rm(files[1]?.path ?? '');
    await expectCode(readReleaseFiles(second, true), 'file-missing');
  });

  it('takes no unsigned one unless that is said', async () => {
    await rm(`${built.manifest}.minisig`);
    await expectCode(readReleaseFiles(built.dir, false), 'signature-missing');
    const { files, isSigned } = await readReleaseFiles(built.dir, true);
    expect([files.length, isSigned]).toEqual([2, false]);
  });

  it('refuses a signature that is none', async () => {
    await writeFile(`${built.manifest}.minisig`, 'x');
    await expectCode(readReleaseFiles(built.dir, true), 'signature-invalid');
  });

  it('refuses a bundle that is not the one of the manifest', async () => {
    await appendFile(built.bundle, 'x');
    await expectCode(readReleaseFiles(built.dir, false), 'hash-mismatch');
  });
});

describe('digestOf', () => {
  it('is that of all pieces', async () => {
    const pieces = (async function* () {
      yield Buffer.from('a');
      yield Buffer.from('bc');
    })();
    expect(await digestOf(pieces)).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});
