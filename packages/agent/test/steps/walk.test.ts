/** Walking a tree of the device: everything but directories, sorted, and never through a symlink. */
import { symlink } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { walk } from '../../src/steps/walk.ts';
import { createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

describe('walk', () => {
  it('yields files and links by their relative paths', async () => {
    await bench.put('/tree/b/two', '2');
    await bench.put('/tree/a', '1');
    await bench.put('/outside/secret', 's');
    await symlink(bench.host('/outside'), bench.host('/tree/c'));
    const found: string[] = [];
    for await (const { path, entry } of walk(bench.disk, '/tree'))
      found.push(`${path} ${entry.kind}`);
    expect(found).toEqual(['a file', 'b/two file', 'c symlink']);
  });

  it('of nothing is nothing', async () => {
    for await (const { path } of walk(bench.disk, '/nowhere')) expect.fail(path);
  });
});
