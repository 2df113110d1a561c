/** The visitor's look: a tree that is one release or the other is no mixture, and neither is a switch of a link. */
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withTempDir } from '../support/temp-dir.ts';
import { createMixtureWatch, differingNames, spread } from './mixture.ts';

const names = differingNames(
  ['index.html', 'a-1.js', 'b-1.js'],
  ['index.html', 'a-2.js', 'b-2.js'],
);

/** Time goes on by ten at each look. */
const clock = () => {
  let time = 0;
  return () => (time += 10);
};

it('knows what is only in one of two trees', () => {
  expect(names).toEqual({ before: ['a-1.js', 'b-1.js'], after: ['a-2.js', 'b-2.js'] });
});

it('chooses evenly, with the first and the last', () => {
  expect(spread([0, 1, 2, 3, 4, 5, 6, 7, 8], 3)).toEqual([0, 4, 8]);
  expect(spread([1, 2], 3)).toEqual([1, 2]);
});

it('counts the time in which files of both releases are there', () =>
  withTempDir(async (live) => {
    const watch = createMixtureWatch(live, names, clock());
    for (const name of names.before) await writeFile(join(live, name), '');
    watch.look();
    expect(watch.total()).toBe(0);
    await writeFile(join(live, 'a-2.js'), '');
    watch.look();
    await rm(join(live, 'a-1.js'));
    watch.look();
    await rm(join(live, 'b-1.js'));
    await writeFile(join(live, 'b-2.js'), '');
    watch.look();
    watch.look();
    expect(watch.total()).toBe(20);
  }));

it('finds no mixture when a link is switched', () =>
  withTempDir(async (root) => {
    const live = join(root, 'live');
    for (const [tree, content] of [
      ['one', names.before],
      ['two', names.after],
    ] as const) {
      await mkdir(join(root, tree));
      for (const name of content) await writeFile(join(root, tree, name), '');
    }
    await symlink(join(root, 'one'), live);
    const watch = createMixtureWatch(live, names, clock());
    watch.look();
    await symlink(join(root, 'two'), `${live}.new`);
    await rename(`${live}.new`, live);
    watch.look();
    watch.look();
    expect(watch.total()).toBe(0);
  }));
