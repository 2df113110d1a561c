/** That a release is there as a whole or not at all, and that none is replaced by accident. */
import { SIGNATURE_NAME, UpdateError } from '@pikit/protocol';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aVersion } from '../../../../packages/agent/test/support/a-manifest.ts';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { placeRelease } from '../../src/pack/place-release.ts';

let dir: TempDir;
let out: string;
beforeEach(async () => {
  dir = await makeTempDir();
  out = join(dir.path, 'not/yet/there');
});
afterEach(() => dir.remove());

const VERSION = aVersion('1.4.0');
const place = (text: string, isForced = false) =>
  placeRelease({ out, version: VERSION, isForced }, async (directory) => {
    await writeFile(join(directory, 'bundle'), text);
    await writeFile(join(directory, 'manifest.json'), 'always the same');
    return text;
  });
const bundle = () => readFile(join(out, VERSION, 'bundle'), 'utf8');

const refuse = async (directory: string) => {
  await writeFile(join(directory, 'bundle'), 'half');
  throw new UpdateError('bundle-invalid', 'no');
};

describe('placeRelease', () => {
  it('makes the directory and leaves nothing else', async () => {
    expect(await place('a')).toBe('a');
    expect(await bundle()).toBe('a');
    expect(await readdir(out)).toEqual([VERSION]);
  });

  it('leaves the same release as it is, with its signature', async () => {
    await place('a');
    await writeFile(join(out, VERSION, SIGNATURE_NAME), 'signed');
    expect(await place('a', true)).toBe('a');
    expect(await readdir(join(out, VERSION))).toContain(SIGNATURE_NAME);
  });

  it('refuses to replace another release, and replaces it when it is told to', async () => {
    await place('a');
    await writeFile(join(out, VERSION, SIGNATURE_NAME), 'signed');
    await expectCode(place('b'), 'invalid-request');
    expect(await bundle()).toBe('a');
    await place('b', true);
    expect(await bundle()).toBe('b');
    expect(await readdir(out)).toEqual([VERSION]);
    expect(await readdir(join(out, VERSION))).not.toContain(SIGNATURE_NAME);
  });

  it('puts back what one that was killed had taken away, and takes away what it had replaced', async () => {
    await place('a');
    const left = join(out, `.${VERSION}.0f8fad5b.replaced`);
    await rename(join(out, VERSION), left);
    await expectCode(place('b'), 'invalid-request');
    expect(await bundle()).toBe('a');
    await mkdir(left);
    await place('b', true);
    expect(await bundle()).toBe('b');
    expect(await readdir(out)).toEqual([VERSION]);
  });

  it('replaces half a release of somebody else only when it is told to', async () => {
    await mkdir(join(out, VERSION), { recursive: true });
    await expectCode(place('a'), 'invalid-request');
    await place('a', true);
    expect(await bundle()).toBe('a');
  });

  it('leaves nothing of a release that was refused', async () => {
    await expectCode(
      placeRelease({ out, version: VERSION, isForced: true }, refuse),
      'bundle-invalid',
    );
    expect(await readdir(out)).toEqual([]);
  });

  it('leaves nothing when somebody ends it meanwhile', async () => {
    const before = process.listenerCount('SIGINT');
    await placeRelease({ out, version: VERSION, isForced: false }, async () => {
      expect(process.listenerCount('SIGINT')).toBe(before + 1);
    });
    expect(process.listenerCount('SIGINT')).toBe(before);
  });

  it.each([
    ['ENOSPC', 'no-space'],
    ['EROFS', 'write-failed'],
  ] as const)('says of %s that it is %s', async (errno, code) => {
    const fail = async () => {
      throw Object.assign(new Error(errno), { code: errno });
    };
    await expectCode(placeRelease({ out, version: VERSION, isForced: false }, fail), code);
  });

  it('says that the place cannot be written to', async () => {
    await writeFile(join(dir.path, 'not'), 'a file');
    await expectCode(place('a'), 'write-failed');
  });
});
