/** Where each byte of an installed release stands in the row that patches count in. */
import { ManifestSchema } from '@pikit/protocol/manifest';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { patchSourceOf, type PatchSource } from '../../src/core/patch-source.ts';

function sourceOf(sizes: Readonly<Record<string, number | undefined>>): PatchSource | undefined {
  const files = Object.entries(sizes).map(([path, size]) => ({
    path,
    sha256: 'a'.repeat(64),
    ...(size !== undefined && { size }),
  }));
  const document = { version: '1.0.0', changelog: 'https://example.org/', files };
  return patchSourceOf(v.parse(ManifestSchema, document));
}

describe('patchSourceOf', () => {
  const source = sourceOf({ a: 3, empty: 0, b: 5, c: 2 });

  it('puts the files one behind the other, as the manifest lists them', () => {
    expect(source?.bytes).toBe(10);
    expect(['a', 'empty', 'b', 'c', 'd'].map((path) => source?.positionOf(path))).toEqual([
      0,
      3,
      3,
      8,
      undefined,
    ]);
  });

  it.each([
    ['inside one file', 4, 2, ['b 1 2']],
    ['a whole one', 3, 5, ['b 0 5']],
    ['over the end of one, and an empty one', 2, 2, ['a 2 1', 'b 0 1']],
    ['everything', 0, 10, ['a 0 3', 'b 0 5', 'c 0 2']],
    ['the last byte', 9, 1, ['c 1 1']],
    ['nothing at the end', 10, 0, []],
  ])('cuts %s', (_what, position, length, pieces) => {
    const found = source?.piecesOf(position, length) ?? [];
    expect(found.map((one) => `${one.path} ${String(one.offset)} ${String(one.length)}`)).toEqual(
      pieces,
    );
  });

  it('is nothing where a size is missing', () => {
    expect(sourceOf({ a: 3, b: undefined })).toBeUndefined();
  });
});
