/** The trees of the bench: the same each time, of the promised size, and changed as much as they say. */
import { createHash } from 'node:crypto';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { generateTree, type TreeFile } from './tree.ts';
import { WORKLOADS, type Change } from './workload.ts';

const digestOf = (change?: Change): string => {
  const hash = createHash('sha256');
  for (const { path, content } of generateTree(WORKLOADS.XS, change)) {
    hash.update(`${path}\n`).update(content);
  }
  return hash.digest('hex');
};

const small = [...generateTree(WORKLOADS.S)];
const namesOf = (files: readonly TreeFile[]): ReadonlySet<string> =>
  new Set(files.map(({ path }) => path));
const bytesOf = (files: readonly TreeFile[]): number =>
  files.reduce((sum, { content }) => sum + content.length, 0);

const isEntry = ({ path }: TreeFile): boolean => path.startsWith('assets/index-');

it('generates the same bytes each time', () => {
  expect(digestOf()).toBe(digestOf());
  expect(digestOf('none')).toBe(digestOf());
  expect(digestOf('all')).not.toBe(digestOf());
});

it('has the files and about the bytes of its workload', () => {
  expect(small).toHaveLength(WORKLOADS.S.files);
  expect(namesOf(small).size).toBe(WORKLOADS.S.files);
  expect(Math.abs(bytesOf(small) / WORKLOADS.S.bytes - 1)).toBeLessThan(0.1);
});

it('compresses as scripts and pictures together do', () => {
  const packed = small.map(({ content }) => gzipSync(content).length);
  const share = packed.reduce((sum, size) => sum + size, 0) / bytesOf(small);
  expect(share).toBeGreaterThan(0.4);
  expect(share).toBeLessThan(0.6);
});

it('renames and slightly edits about 3 % for a typical change', () => {
  const before = namesOf(small);
  const changed = [...generateTree(WORKLOADS.S, 'typical')].filter(({ path }) => !before.has(path));
  expect(changed.length).toBeGreaterThanOrEqual(5);
  expect(changed.length).toBeLessThanOrEqual(14);
  const [was, is] = [small.find(isEntry), changed.find(isEntry)];
  expect(is?.path).not.toBe(was?.path);
  // Nearly all of it can be copied: from the old one it compresses to little.
  const dictionary = was?.content.subarray(-32_000);
  const rest = deflateRawSync(is?.content.subarray(-16_000) ?? '', {
    dictionary: dictionary ?? Buffer.alloc(0),
  });
  expect(rest.length).toBeLessThan(2000);
});

it('keeps no file when everything changes', () => {
  const before = namesOf(small);
  const kept = [...generateTree(WORKLOADS.S, 'all')].filter(({ path }) => before.has(path));
  expect(kept.map(({ path }) => path)).toEqual(['index.html']);
});

it('changes the same files in releases of every size, and as many as it says', () => {
  const family = { ...WORKLOADS.XS, family: 'slope', entryBytes: 4000 };
  const changedIn = (files: number, changed: number) => {
    const workload = { ...family, files, changed, bytes: files * 2000 + family.entryBytes };
    const before = new Map(
      [...generateTree(workload)].map(({ path, content }) => [path, content] as const),
    );
    return [...generateTree(workload, 'typical')].filter(
      ({ path, content }) => before.get(path)?.equals(content) !== true,
    );
  };
  const few = changedIn(30, 9);
  expect(few).toHaveLength(9);
  expect(changedIn(90, 9)).toEqual(few);
  expect(changedIn(90, 60)).toHaveLength(60);
});
