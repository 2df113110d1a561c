/** What a tree holds, and how two of them differ: also behind a link, and in files of the same name and size. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withTempDir } from '../support/temp-dir.ts';
import { differenceOf, listedFile, listTree } from './listing.ts';

const file = (text: string) => listedFile(Buffer.from(text));
const wanted = new Map([
  ['index.html', file('page')],
  ['assets/a.js', file('a')],
]);

it('lists what lies behind a link, with all directories', () =>
  withTempDir(async (root) => {
    await mkdir(join(root, 'tree/assets'), { recursive: true });
    await writeFile(join(root, 'tree/index.html'), 'page');
    await writeFile(join(root, 'tree/assets/a.js'), 'a');
    await symlink(join(root, 'tree'), join(root, 'live'));
    const found = listTree(join(root, 'live'));
    expect(found).toEqual(wanted);
    expect(differenceOf(found, wanted)).toBeUndefined();
  }));

it.each([
  ['assets/a.js is missing', new Map([['index.html', file('page')]])],
  ['index.html has other content', new Map([...wanted, ['index.html', file('PAGE')]])],
  ['b.js is too much', new Map([...wanted, ['b.js', file('')]])],
])('says that %s', (words, found) => {
  expect(differenceOf(found, wanted)).toBe(words);
});
