/** Making targets match a tree: twice gives the same, what is not ours is kept, and the other tree undoes it. */
import { lstat, readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { activateTree } from '../../src/steps/activate-tree.ts';
import { currentTree } from '../../src/steps/trees.ts';
import { loseSectorOf } from '../support/bad-sector.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.publish(aRelease('1.1.0'));
  await bench.apply('1.1.0');
});
afterEach(() => bench.close());

async function context() {
  const tree = await currentTree(bench.disk);
  if (tree === undefined) throw new Error('nothing runs');
  const [result] = await bench.store.loadHistory(1);
  if (result === undefined) throw new Error('no history');
  const record = { ...(await bench.begin('1.2.0')), to: tree };
  return { context: bench.context(record), tree };
}

describe('activateTree', () => {
  beforeEach(async () => {
    await bench.publish(aRelease('1.2.0'));
  });

  it('run again changes nothing', async () => {
    const before = await lstat(bench.host('/var/www/pikit-web'));
    const { context: ctx, tree } = await context();
    await activateTree(ctx, tree);
    expect((await lstat(bench.host('/var/www/pikit-web'))).ino).toBe(before.ino);
  });

  it('keeps a directory that somebody put where our link was', async () => {
    await bench.disk.remove('/var/www/pikit-web');
    await bench.put('/var/www/pikit-web/mine.html', 'mine');
    const { context: ctx, tree } = await context();
    await activateTree(ctx, tree);
    expect(await bench.see('/var/www/pikit-web/index.html')).toBe('<h1>1.1.0</h1>');
    const kept = (await readdir(bench.host('/var/www'))).find((name) =>
      name.includes('pikit-kept'),
    );
    expect(await bench.see(`/var/www/${kept ?? ''}/mine.html`)).toBe('mine');
    expect(bench.log.lines.join('\n')).toContain('was not ours: kept as');
  });

  it('puts a damaged copy right and keeps the damage beside it', async () => {
    await bench.put('/etc/cron.d/pikit', 'edited');
    const { context: ctx, tree } = await context();
    await activateTree(ctx, tree);
    expect(await bench.see('/etc/cron.d/pikit')).toBe('# 1.1.0\n');
    expect(await readdir(bench.host('/etc/cron.d'))).toHaveLength(2);
  });

  it('puts a copy right that cannot be read', async () => {
    await bench.put('/etc/cron.d/pikit', 'rotten');
    await loseSectorOf(bench.disk, '/etc/cron.d/pikit');
    const { context: ctx, tree } = await context();
    await activateTree(ctx, tree);
    expect(await bench.see('/etc/cron.d/pikit')).toBe('# 1.1.0\n');
  });

  it('with no tree takes away all that is ours and nothing else', async () => {
    await bench.put('/usr/local/bin/foreign', 'not ours');
    const { context: ctx } = await context();
    await ctx.amend({ adopted: true });
    await activateTree(ctx, null);
    expect(await readdir(bench.host('/var/www'))).toEqual([]);
    expect(await readdir(bench.host('/etc/cron.d'))).toEqual([]);
    expect(await readdir(bench.host('/usr/local/bin'))).toEqual(['foreign']);
    expect(await currentTree(bench.disk)).toBeUndefined();
  });
});
