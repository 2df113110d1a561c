/** What a person is told: how many files came, changed and went. */
import { describe, expect, it } from 'vitest';
import { countChanges } from '../../src/core/changed-files.ts';
import type { TreeRecord } from '../../src/core/tree-record.ts';
import { aSha256 } from '../support/a-manifest.ts';

const tree = (
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>> = {},
  mode = 0o644,
): TreeRecord => ({
  format: 1,
  version: 'preexisting',
  files: Object.entries(files).map(([path, seed]) => ({
    path,
    sha256: aSha256(seed),
    mode,
    size: 1,
  })),
  links: Object.entries(links).map(([path, to]) => ({ path, to })),
});

describe('countChanges', () => {
  it.each([
    ['nothing', tree({ a: '1' }), tree({ a: '1' }), [0, 0, 0]],
    ['a first release', undefined, tree({ a: '1', b: '2' }), [2, 0, 0]],
    ['one of each', tree({ a: '1', b: '2' }), tree({ b: '3', c: '4' }), [1, 1, 1]],
    ['a mode alone', tree({ a: '1' }), tree({ a: '1' }, {}, 0o755), [0, 1, 0]],
    ['links', tree({}, { l: 'a', m: 'b' }), tree({}, { l: 'c', n: 'b' }), [1, 1, 1]],
    ['a file that becomes a link', tree({ a: '1' }), tree({}, { a: 'b' }), [0, 1, 0]],
  ])('counts %s', (_what, before, after, [added, changed, removed]) => {
    expect(countChanges(before, after)).toEqual({ added, changed, removed });
  });
});
