/** A release in one file: found by its headers alone, whoever made the tar, and refused where it is anything else. */
import type { UpdateError } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createReleaseFileReader, type ReleaseFile } from '../../src/core/release-file.ts';
import { END, pax, rawEntry, rawHeader, rawTar, type RawEntry } from '../support/tar-blocks.ts';

/** As a caller with the whole file would. */
function read(bytes: Uint8Array): ReleaseFile {
  const reader = createReleaseFileReader();
  let at: number | undefined = 0;
  while (at !== undefined) at = reader.push(bytes.subarray(at, at + 512));
  return reader.release();
}

const BUNDLE: RawEntry = { name: 'pikit-1.4.0.tar.gz', body: 'b'.repeat(700) };
const MANIFEST: RawEntry = { name: 'manifest.json', body: '{}' };
const HERE: RawEntry = { name: './', typeflag: '5', mode: '0000755\0' };

const refusal = (
  code: UpdateError['code'],
  ...entries: readonly RawEntry[]
): Promise<UpdateError> => expectCode(() => read(rawTar(...entries)), code);

describe('createReleaseFileReader', () => {
  it('tells where each file lies, passing over what is in it', () => {
    const bytes = rawTar(BUNDLE, MANIFEST, { name: 'manifest.json.minisig', body: 'sig' });
    const { version, bundle, parts } = read(bytes);
    expect({ version, bundle }).toEqual({ version: '1.4.0', bundle: { offset: 512, size: 700 } });
    expect([...parts.keys()]).toEqual([BUNDLE.name, MANIFEST.name, 'manifest.json.minisig']);
    const { offset, size } = parts.get('manifest.json') ?? { offset: 0, size: 0 };
    expect(bytes.subarray(offset, offset + size).toString()).toBe('{}');
  });

  it('takes names as `tar` writes them of the directory that it stands in', () => {
    const names = ['pikit-1.4.0.tar.gz', 'manifest.json'];
    const entries = names.map((name) => ({ name: `./${name}`, body: 'x' }));
    expect([...read(rawTar(HERE, ...entries)).parts.keys()]).toEqual(names);
    const times = pax(['mtime', '1700000000.5']);
    expect(read(rawTar(times, BUNDLE, MANIFEST)).version).toBe('1.4.0');
  });

  it('asks for no block behind the end', () => {
    const asked: number[] = [];
    const reader = createReleaseFileReader();
    const bytes = Buffer.concat([rawTar(MANIFEST), Buffer.alloc(8192)]);
    for (let at: number | undefined = 0; at !== undefined;) {
      asked.push(at);
      at = reader.push(bytes.subarray(at, at + 512));
    }
    expect(asked).toEqual([0, 1024, 1536]);
  });

  it('refuses names that lie elsewhere, and whatever is no file', async () => {
    for (const name of ['../manifest.json', '/etc/passwd', '1.4.0/manifest.json', '..', './.']) {
      await refusal('entry-refused', BUNDLE, { ...MANIFEST, name });
    }
    await refusal('entry-refused', BUNDLE, { name: 'a', typeflag: '2', linkName: '/etc/shadow' });
    await refusal('entry-refused', BUNDLE, { name: 'a', typeflag: '1', linkName: BUNDLE.name });
    await refusal('entry-refused', BUNDLE, { name: 'null', typeflag: '3' });
    await refusal('entry-refused', { ...HERE, name: 'folder/' }, BUNDLE, MANIFEST);
  });

  it('refuses a name that stands there twice, however it is written', async () => {
    await refusal('entry-refused', BUNDLE, MANIFEST, { ...MANIFEST, name: './manifest.json' });
  });

  it('refuses what is not just one release', async () => {
    const noBundle = await refusal('file-missing', MANIFEST);
    expect(noBundle.details['path']).toBe('pikit-VERSION.tar.gz');
    expect((await refusal('file-missing', BUNDLE)).details['path']).toBe('manifest.json');
    await refusal('file-missing', MANIFEST, { ...BUNDLE, name: 'pikit-latest.tar.gz' });
    await refusal('file-unexpected', BUNDLE, MANIFEST, { ...BUNDLE, name: 'pikit-1.5.0.tar.gz' });
  });

  it('refuses what breaks off, has no end, or is no tar', async () => {
    const whole = rawTar(BUNDLE, MANIFEST);
    for (const bytes of [0, 100, 512, 900, whole.length - 1024, whole.length - 1]) {
      await expectCode(() => read(whole.subarray(0, bytes)), 'bundle-invalid');
    }
    await expectCode(() => read(Buffer.from('no tar'.repeat(400))), 'bundle-invalid');
    const half = Buffer.concat([rawEntry(MANIFEST), Buffer.alloc(512), rawEntry(BUNDLE), END]);
    await expectCode(() => read(half), 'bundle-invalid');
  });

  it('refuses headers without end, and a size that lies beyond the end', async () => {
    const reader = createReleaseFileReader();
    const endless = (): void => {
      for (let index = 0; index < 2000; index += 1) {
        reader.push(rawHeader({ name: `file-${String(index)}` }));
      }
    };
    await expectCode(endless, 'too-large');
    const far = rawHeader({ name: 'manifest.json', size: '77777777777\0' });
    await expectCode(() => read(Buffer.concat([far, END])), 'bundle-invalid');
  });
});
