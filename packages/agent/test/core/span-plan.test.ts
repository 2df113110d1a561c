/** Which parts of a bundle are fetched for which files, and what is cut out of them. */
import type { ManifestFile } from '@pikit/protocol/manifest';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createMemberCutter, planSpans, TAR_END_MEMBER } from '../../src/core/span-plan.ts';

const file = (path: string, offset: number, length: number): ManifestFile =>
  ({ path, sha256: 'a'.repeat(64), mode: '644', span: [offset, length] }) as ManifestFile;

describe('planSpans', () => {
  it('asks once for neighbours, and for what lies close, in the order of the bundle', () => {
    const missing = [
      file('far', 100_000, 50),
      file('b', 1100, 100),
      file('a', 1000, 100),
      file('near', 5000, 10),
    ];
    const runs = planSpans(missing, 100_050);
    expect(
      runs?.map(({ offset, length, files }) => [offset, length, files.map((f) => f.path)]),
    ).toEqual([
      [1000, 4010, ['a', 'b', 'near']],
      [100_000, 50, ['far']],
    ]);
  });

  it.each<[string, readonly ManifestFile[], number]>([
    ['a file without a span', [{ ...file('a', 0, 1), span: undefined } as never], 1000],
    ['a file without a mode', [{ ...file('a', 0, 1), mode: undefined } as never], 1000],
    ['spans that overlap', [file('a', 0, 100), file('b', 99, 10)], 1000],
    ['one span for two files', [file('a', 5, 10), file('b', 5, 10)], 1000],
    ['a span of nothing', [file('a', 5, 0)], 1000],
    ['a span behind the end', [file('a', 90, 11)], 100],
  ])('plans nothing for %s', (_what, files, bundleBytes) => {
    expect(planSpans(files, bundleBytes)).toBeUndefined();
  });
});

describe('createMemberCutter', () => {
  const bytes = Uint8Array.from({ length: 60 }, (_, i) => i);

  it.each([1, 7, 60])('leaves out what lies between, in portions of %i', (portion) => {
    const [run] = planSpans([file('a', 100, 10), file('b', 110, 5), file('c', 140, 20)], 160) ?? [];
    expect(run).toMatchObject({ offset: 100, length: 60 });
    const cut = createMemberCutter(run ?? { offset: 0, length: 0, files: [] });
    const parts: number[] = [];
    for (let at = 0; at < 60; at += portion) {
      for (const part of cut(bytes.subarray(at, at + portion))) parts.push(...part);
    }
    expect(parts).toEqual([...bytes.subarray(0, 15), ...bytes.subarray(40, 60)]);
  });
});

describe('TAR_END_MEMBER', () => {
  it('is what ends a tar', () => {
    expect(gunzipSync(TAR_END_MEMBER).equals(Buffer.alloc(1024))).toBe(true);
  });
});
