/** What only an operator is told. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspect } from '../../src/updater/inspect.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

describe('inspect', () => {
  it('names the trees on the disk and the one that runs', async () => {
    await bench.put('/var/www/pikit-web/index.html', 'old');
    await bench.publish(aRelease('1.1.0'));
    await bench.apply('1.1.0');
    const { lock, trees } = await inspect(bench.disk, bench.lock);
    expect(lock).toBeNull();
    expect(trees.map(({ current, files }) => [current, files])).toEqual([
      [true, 5],
      [false, 1],
    ]);
  });

  it('tells who holds the lock', async () => {
    const held = await bench.lock.acquire('a test');
    expect((await inspect(bench.disk, bench.lock)).lock).toMatchObject({ what: 'a test' });
    await held.release();
  });
});
