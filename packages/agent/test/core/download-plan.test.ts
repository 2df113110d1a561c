/** What is fetched, by which way, and how many bytes that are. */
import type { Manifest, ManifestFile } from '@pikit/protocol/manifest';
import { describe, expect, it } from 'vitest';
import { bytesToFetch, patchBound, toFetch, twinsIn } from '../../src/core/download-plan.ts';
import { planSpans } from '../../src/core/span-plan.ts';
import type { TreeFile } from '../../src/core/tree-record.ts';
import { aFile, aManifest, aSha256 } from '../support/a-manifest.ts';

const LIMIT = 1_000_000;
const FAR = 100_000;

const here = (sha256 = aSha256('b'), mode = 0o644): TreeFile => ({
  path: 'x',
  sha256,
  mode,
  size: 3,
});

/** Three files; `b` has another content than `a` and `c`, and lies far away from both in the bundle. */
const SPANNED: readonly ManifestFile[] = [
  aFile('a', { mode: '644', span: [0, 100] }),
  aFile('b', { mode: '644', sha256: aSha256('b'), span: [FAR, 200] }),
  aFile('c', { mode: '755', span: [2 * FAR, 300] }),
];
const seekable = (bundle?: number): Manifest =>
  aManifest({
    files: [...SPANNED],
    ...(bundle === undefined ? {} : { bundle: { name: 'b.tar.gz', size: bundle } }),
  });

const bytes = (
  manifest: Manifest,
  present: readonly TreeFile[],
  { bundle = null, patch }: { readonly bundle?: number | null; readonly patch?: number } = {},
) => bytesToFetch(manifest, present, { bundleBytes: bundle, patchBytes: patch, limit: LIMIT });

describe('toFetch', () => {
  it('leaves out what is here with the same content and mode', () => {
    const manifest = seekable();
    expect(toFetch(manifest, twinsIn([here()])).map(({ path }) => path)).toEqual(['a', 'c']);
    expect(toFetch(manifest, twinsIn([here(aSha256('b'), 0o600)]))).toHaveLength(3);
  });

  it('looks up in the archive what mode a file has, where the manifest does not say', () => {
    const manifest = aManifest({ files: [aFile('a')] });
    expect(toFetch(manifest, twinsIn([here(aSha256())]))).toHaveLength(1);
  });
});

describe('patchBound', () => {
  it('is what the members would be, and never more than a bundle may be', () => {
    expect(patchBound(planSpans(SPANNED, LIMIT), LIMIT)).toBe(600);
    expect(patchBound(planSpans(SPANNED, LIMIT), 500)).toBe(500);
    expect(patchBound(undefined, LIMIT)).toBe(LIMIT);
  });
});

describe('bytesToFetch', () => {
  it.each([
    ['nothing, where all is here', [here(), here(aSha256()), here(aSha256(), 0o755)], {}, 0],
    ['the spans of what is missing', [here()], {}, 400],
    ['every span, on a device that has nothing', [], {}, 600],
    ['a patch that is smaller', [here()], { patch: 399 }, 399],
    ['the spans, where the patch is not smaller', [here()], { patch: 400 }, 400],
  ] as const)('is %s', (_what, present, sizes, expected) => {
    expect(bytes(seekable(), present, sizes)).toBe(expected);
  });

  it('is the whole bundle where it is not seekable, and a patch as long as it leads here', () => {
    const plain = aManifest({ files: [aFile('a', { size: 3 })] });
    expect(bytes(plain, [], { bundle: 5000 })).toBe(5000);
    expect(bytes(plain, [], { bundle: 5000, patch: 77 })).toBe(77);
  });

  it('is the whole bundle where the spans lie outside of it', () => {
    expect(bytes(seekable(FAR), [])).toBe(FAR);
  });

  it('is not known where nobody tells how large the bundle is', () => {
    expect(bytes(aManifest({ files: [aFile('a')] }), [])).toBeNull();
  });
});
