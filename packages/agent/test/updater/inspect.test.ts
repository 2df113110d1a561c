/** What only an operator is told. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMinisignKey } from '../../../../test/support/minisign-key.ts';
import { inspect } from '../../src/updater/inspect.ts';
import { aVersion } from '../support/a-manifest.ts';
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
    const { lock, trees } = await inspect(bench);
    expect(lock).toBeNull();
    expect(trees.map(({ current, files }) => [current, files])).toEqual([
      [true, 5],
      [false, 1],
    ]);
  });

  it('tells who holds the lock', async () => {
    const held = await bench.lock.acquire('a test');
    expect((await inspect(bench)).lock).toMatchObject({ what: 'a test' });
    await held.release();
  });

  it('tells which keys count, and which do no more', async () => {
    const [mine, theirs, old] = [createMinisignKey(), createMinisignKey(), createMinisignKey()];
    await bench.put('/etc/pikit/keys/mine.pub', mine.publicFile);
    await bench.put('/etc/pikit/keys/old.pub', old.publicFile);
    await bench.store.saveTrust({
      introduced: [{ key: theirs.publicLine, by: mine.id, version: aVersion('1.0.0') }],
      retired: [{ key: old.id, by: null }],
      seen: {},
    });
    expect((await inspect(bench)).keys).toEqual([
      { id: mine.id, name: 'mine', retired: false },
      { id: old.id, name: 'old', retired: true },
      { id: theirs.id, name: null, retired: false },
    ]);
  });
});
