/** Audit and repair as use cases: who hears of the result, how long it counts, and what excludes what. */
import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import type { Lock } from '../../src/ports.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;

/** Whoever takes the lock has it at once, and goes on only when the gate opens. */
function holdUp(lock: Lock, gate: Promise<unknown>): void {
  const honest = { ...lock };
  const acquire: Lock['acquire'] = async (what) => {
    const held = await honest.acquire(what);
    await gate;
    return held;
  };
  Object.assign(lock, { acquire });
}

beforeEach(async () => {
  bench = await createWorkbench();
  await bench.put('/var/www/pikit-web/index.html', 'the old page');
  await bench.put('/etc/pikit/version', '1.0.0\n');
});
afterEach(() => bench.close());

describe('verify', () => {
  it('tells every subscriber and keeps what it found, until a release is put in place', async () => {
    await bench.publish(aRelease('1.1.0'));
    await bench.apply('1.1.0');
    await bench.put('/var/lib/pikit/current/pikit-api.py', 'x');
    const heard: unknown[] = [];
    bench.board.subscribe(({ drift }) => heard.push(drift?.damaged));
    const status = await bench.updater.verify();
    expect(status.drift).toMatchObject({ version: '1.1.0', total: 1, damaged: 1 });
    expect(heard).toEqual([1]);
    expect((await bench.store.loadState())?.status.drift).toEqual(status.drift);
    expect((await bench.restart().board.snapshot()).drift).toEqual(status.drift);
    await bench.publish(aRelease('1.2.0'));
    await bench.apply('1.2.0');
    expect((await bench.board.snapshot()).drift).toBeNull();
    await bench.rollback();
    expect((await bench.board.snapshot()).drift).toBeNull();
  });

  it('has nothing to tell before the first release', async () => {
    expect((await bench.updater.verify()).drift).toBeNull();
  });

  it('is busy while a transaction runs, and a transaction is while it does', async () => {
    await bench.publish(aRelease('1.1.0'));
    const wanted = await bench.wanted('1.1.0');
    await bench.updater.apply(wanted, 'admin');
    await expectCode(bench.updater.verify(), 'busy');
    await expectCode(bench.updater.repair('admin'), 'busy');
    await bench.updater.settled();
    const gate = new EventEmitter();
    holdUp(bench.lock, once(gate, 'open'));
    const audits = [bench.updater.verify(), bench.updater.verify()];
    await expect.poll(() => bench.lock.holder(), { interval: 1 }).toBeDefined();
    await expectCode(bench.updater.repair('admin'), 'busy');
    expect(await bench.board.snapshot()).toMatchObject({ drift: null });
    gate.emit('open');
    const [one, other] = await Promise.all(audits);
    expect(one?.drift).toMatchObject({ total: 0 });
    expect(other?.drift).toEqual(one?.drift);
  });
});

describe('repair', () => {
  it('tells what its own audit found even when it refuses', async () => {
    await bench.publish(aRelease('1.1.0'));
    await bench.apply('1.1.0');
    await bench.put('/var/lib/pikit/current/pikit-api.py', 'x');
    await bench.disk.remove('/media/releases/1.1.0');
    await expectCode(bench.repair(), 'no-such-release');
    expect(await bench.board.snapshot()).toMatchObject({ drift: { damaged: 1 } });
    await expectCode(bench.repair(), 'no-such-release');
  });
});
