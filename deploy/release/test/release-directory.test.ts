/** The three files of a release, read one by one and together. */
import { bundleName } from '@pikit/protocol';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildRelease, type BuiltRelease } from '../../../test/support/bundle-builder.ts';
import { expectCode } from '../../../test/support/expect-code.ts';
import { createMinisignKey } from '../../../test/support/minisign-key.ts';
import { makeTempDir, type TempDir } from '../../../test/support/temp-dir.ts';
import {
  findBundle,
  readManifest,
  readReleaseDirectory,
  readSignature,
} from '../src/release-directory.ts';

let dir: TempDir;
let built: BuiltRelease;
beforeEach(async () => {
  dir = await makeTempDir();
  const signer = createMinisignKey();
  built = await buildRelease({ version: '1.4.0', files: { a: 'a' }, signer }, dir.path);
});
afterEach(() => dir.remove());

describe('readReleaseDirectory', () => {
  it('reads all three', async () => {
    expect(await readReleaseDirectory(built.dir)).toMatchObject({
      version: '1.4.0',
      manifest: { version: '1.4.0' },
      signature: expect.stringContaining('trusted comment') as string,
      bundle: built.bundle,
    });
  });

  it('refuses a manifest that the agent refuses', async () => {
    await writeFile(built.manifest, '{"version":"1.4.0"}');
    await expectCode(readReleaseDirectory(built.dir), 'manifest-invalid');
  });
});

describe('readManifest', () => {
  it('takes any that names a version, as a tag does or without its v', async () => {
    await writeFile(built.manifest, '{"version":"v2.0.0"}');
    expect(await readManifest(built.dir)).toMatchObject({ version: '2.0.0' });
  });

  it.each(['', '[]', '{"version":"latest"}', '{"version":4}'])('refuses %j', async (text) => {
    await writeFile(built.manifest, text);
    await expectCode(readManifest(built.dir), 'manifest-invalid');
  });

  it('says where one that a person wrote is no JSON', async () => {
    await writeFile(built.manifest, '{ "version": "1.4.0" "files": [] }');
    const { message } = await expectCode(readManifest(built.dir), 'manifest-invalid');
    expect(message).toMatch(/^manifest\.json is not JSON: .*position 21/);
  });

  it('says when it is not there', async () => {
    await expectCode(readManifest(dir.path), 'file-missing');
  });
});

describe('readSignature', () => {
  it('answers nothing where nobody has signed, and refuses what is too large for one', async () => {
    const path = join(built.dir, 'manifest.json.minisig');
    await writeFile(path, 'x'.repeat(20_000));
    await expectCode(readSignature(built.dir), 'too-large');
    await rm(path);
    expect(await readSignature(built.dir)).toBeUndefined();
  });
});

describe('findBundle', () => {
  it('wants a file', async () => {
    const { version } = await readManifest(built.dir);
    const path = join(built.dir, bundleName(version));
    expect(await findBundle(built.dir, version)).toMatchObject({ path });
    await rm(path);
    await mkdir(path);
    await expectCode(findBundle(built.dir, version), 'file-missing');
  });
});
