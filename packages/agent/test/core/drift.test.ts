/** The judgement of one name and the count of all: what is damage, what is merely too much, what fits into a snapshot. */
import { describe, expect, it } from 'vitest';
import { agrees, createTally, problemOf } from '../../src/core/drift.ts';
import type { TreeRecord } from '../../src/core/tree-record.ts';
import { aFile, aManifest, aSha256, aVersion } from '../support/a-manifest.ts';

const WANTED = { sha256: aSha256('a'), mode: 0o644 };
const FOUND = { kind: 'file', mode: 0o644, sha256: aSha256('a') };

describe('problemOf', () => {
  it.each([
    ['as it should be', FOUND, undefined],
    ['not there', undefined, 'missing'],
    ['of other content', { ...FOUND, sha256: aSha256('b') }, 'changed'],
    ['of other content and mode', { ...FOUND, sha256: aSha256('b'), mode: 0o600 }, 'changed'],
    ['of another mode', { ...FOUND, mode: 0o755 }, 'mode'],
    ['unreadable', { ...FOUND, sha256: undefined }, 'changed'],
    ['a directory', { ...FOUND, kind: 'directory', sha256: undefined }, 'changed'],
    ['a symlink', { ...FOUND, kind: 'symlink', sha256: undefined }, 'changed'],
  ])('of a file that is %s', (_what, found, problem) => {
    expect(problemOf(WANTED, found)).toBe(problem);
  });
});

describe('agrees', () => {
  const manifest = aManifest({ files: [aFile('a'), aFile('b', { mode: '0755' })] });
  const files = [
    { path: 'b', sha256: aSha256(), mode: 0o755, size: 3 },
    { path: 'a', sha256: aSha256(), mode: 0o600, size: 5 },
  ];
  const record: TreeRecord = { format: 1, version: manifest.version, files };
  const [b, a] = files as [(typeof files)[0], (typeof files)[0]];

  it('when both list the same files, in any order; a mode that the manifest leaves out is free', () => {
    expect(agrees(record, manifest)).toBe(true);
  });

  it.each([
    ['a file is missing', { ...record, files: [a] }],
    ['a file is listed twice', { ...record, files: [a, a] }],
    ['a path has rotted', { ...record, files: [{ ...a, path: 'c' }, b] }],
    ['a digest has rotted', { ...record, files: [{ ...a, sha256: aSha256('b') }, b] }],
    ['a promised mode has rotted', { ...record, files: [a, { ...b, mode: 0o744 }] }],
    ['a mode became set-uid that was left out', { ...record, files: [{ ...a, mode: 0o4600 }, b] }],
    ['the version has rotted', { ...record, version: aVersion('1.4.1') }],
    ['it lists a link that was not promised', { ...record, links: [{ path: 'l', to: 'a' }] }],
    ['it says that the files were adopted', { ...record, adopted: true as const }],
  ])('not when %s', (_what, rotten) => {
    expect(agrees(rotten, manifest)).toBe(false);
  });
});

describe('agrees, on links', () => {
  const manifest = aManifest({ files: [aFile('a')], links: [{ path: 'l', to: 'a' }] });
  const files = [{ path: 'a', sha256: aSha256(), mode: 0o644, size: 3 }];
  const record: TreeRecord = { format: 1, version: manifest.version, files };

  it('when both list the same', () => {
    expect(agrees({ ...record, links: [{ path: 'l', to: 'a' }] }, manifest)).toBe(true);
  });

  it('not when an earlier agent has left them out, or one leads elsewhere', () => {
    expect(agrees(record, manifest)).toBe(false);
    expect(agrees({ ...record, links: [{ path: 'l', to: 'b' }] }, manifest)).toBe(false);
  });
});

describe('createTally', () => {
  it('counts all, lists the first hundred, and puts damage before what is too much', () => {
    const tally = createTally();
    for (let n = 0; n < 150; n += 1) tally.add({ path: `extra-${String(n)}`, problem: 'extra' });
    for (let n = 0; n < 60; n += 1) tally.add({ path: `lost-${String(n)}`, problem: 'missing' });
    const { files, total, damaged } = tally.sum();
    expect({ total, damaged, listed: files.length }).toEqual({
      total: 210,
      damaged: 60,
      listed: 100,
    });
    expect(files[59]).toEqual({ path: 'lost-59', problem: 'missing' });
    expect(files[60]).toEqual({ path: 'extra-0', problem: 'extra' });
  });

  it('lists fewer of names that are very long', () => {
    const tally = createTally();
    for (let n = 0; n < 100; n += 1) tally.add({ path: 'x'.repeat(4000), problem: 'extra' });
    expect(tally.sum()).toMatchObject({ total: 100, damaged: 0 });
    expect(tally.sum().files).toHaveLength(4);
  });
});
