/** The visitor's look: a tree that is one release or the other is no mixture, and neither is a switch of a link. */
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withTempDir } from '../support/temp-dir.ts';
import type { Listing } from './listing.ts';
import { createMixtureWatch, differingMarks, spread } from './mixture.ts';

const listing = (sizes: Readonly<Record<string, number>>): Listing =>
  new Map(Object.entries(sizes).map(([path, size]) => [path, { size, sha256: 'x' }]));

const marks = differingMarks(
  listing({ 'index.html': 5, 'a-1.js': 0, 'b-1.js': 0, NEWS: 2 }),
  listing({ 'index.html': 5, 'a-2.js': 0, 'b-2.js': 0, NEWS: 3 }),
);

async function writeMarks(directory: string, some: typeof marks.before): Promise<void> {
  for (const { path, size } of some) await writeFile(join(directory, path), 'x'.repeat(size));
}

/** Time goes on by ten at each look. */
const clock = () => {
  let time = 0;
  return () => (time += 10);
};

it('knows by what two trees can be told apart', () => {
  const [before, after] = [marks.before, marks.after].map((side) => side.map(({ path }) => path));
  expect(before).toEqual(['NEWS', 'a-1.js', 'b-1.js']);
  expect(after).toEqual(['NEWS', 'a-2.js', 'b-2.js']);
});

it('chooses evenly, with the first and the last', () => {
  expect(spread([0, 1, 2, 3, 4, 5, 6, 7, 8], 3)).toEqual([0, 4, 8]);
  expect(spread([1, 2], 3)).toEqual([1, 2]);
});

it('counts the time in which files of both releases are there', () =>
  withTempDir(async (live) => {
    const watch = createMixtureWatch(live, marks, clock());
    await writeMarks(live, marks.before);
    watch.look();
    expect(watch.total()).toBe(0);
    await writeFile(join(live, 'a-2.js'), '');
    watch.look();
    await rm(join(live, 'a-1.js'));
    watch.look();
    await rm(join(live, 'b-1.js'));
    await writeFile(join(live, 'b-2.js'), '');
    watch.look();
    // As long as one file of the same name is still the old one, too.
    await writeFile(join(live, 'NEWS'), 'new');
    watch.look();
    watch.look();
    expect(watch.total()).toBe(30);
  }));

it('finds no mixture when a link is switched', () =>
  withTempDir(async (root) => {
    const live = join(root, 'live');
    for (const [tree, content] of [
      ['one', marks.before],
      ['two', marks.after],
    ] as const) {
      await mkdir(join(root, tree));
      await writeMarks(join(root, tree), content);
    }
    await symlink(join(root, 'one'), live);
    const watch = createMixtureWatch(live, marks, clock());
    watch.look();
    await symlink(join(root, 'two'), `${live}.new`);
    await rename(`${live}.new`, live);
    watch.look();
    watch.look();
    expect(watch.total()).toBe(0);
  }));
