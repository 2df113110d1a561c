/** A release that is too large is refused by what its manifest says, and by what really comes. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { assertFileSize, assertModest, MAX_COPY_BYTES } from '../../src/core/release-size.ts';
import { aFile, aManifest } from '../support/a-manifest.ts';
import { aPolicy } from '../support/workbench.ts';

const policy = aPolicy({});
const { fileBytes, unpackedBytes, bundleBytes } = policy.limits;
const sized = (...sizes: readonly number[]) =>
  aManifest({ files: sizes.map((size, index) => aFile(`pikit-web/${index}`, { size })) });

describe('assertModest', () => {
  it('takes what is just as large as it may be, and what tells no sizes', () => {
    const half = unpackedBytes / 2;
    expect(() => assertModest(sized(half, half), bundleBytes, policy)).not.toThrow();
    expect(() => assertModest(aManifest(), 0, policy)).not.toThrow();
  });

  it.each([
    ['a file', sized(fileBytes + 1), 0, { limit: fileBytes, path: 'pikit-web/0' }],
    ['a file beyond all sums', sized(Number.MAX_SAFE_INTEGER, 1), 0, { limit: fileBytes }],
    ['all files', sized(fileBytes, unpackedBytes - fileBytes, 1), 0, { limit: unpackedBytes }],
    ['the bundle', sized(1), bundleBytes + 1, { limit: bundleBytes }],
  ])('refuses %s one byte beyond the limit', async (_what, manifest, bytes, details) => {
    const error = await expectCode(() => assertModest(manifest, bytes, policy), 'too-large');
    expect(error.details).toMatchObject(details);
  });
});

describe('assertFileSize', () => {
  it('wants files that are copied small enough to be held in memory', async () => {
    expect(() => assertFileSize('cron/a', MAX_COPY_BYTES, policy)).not.toThrow();
    expect(() => assertFileSize('bin/a', MAX_COPY_BYTES + 1, policy)).not.toThrow();
    await expectCode(() => assertFileSize('cron/a', MAX_COPY_BYTES + 1, policy), 'too-large');
  });
});
