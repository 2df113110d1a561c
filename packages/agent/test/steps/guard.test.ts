/** The guard as the agent meets it: armed before the switch, gone after the commit, and what holds when it was faster. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { CURRENT, GUARD_FILES, treePath } from '../../src/core/layout.ts';
import { activating } from '../../src/steps/activating.ts';
import { armGuard, clearGuard, disarmGuard, hasGuardFired } from '../../src/steps/guard.ts';
import { rollingBack } from '../../src/steps/rolling-back.ts';
import { staging } from '../../src/steps/staging.ts';
import { verifying } from '../../src/steps/verifying.ts';
import { aRelease, createWorkbench, quiet, type Workbench } from '../support/workbench.ts';

const TIMER = 'pikit-guard.timer';
const { armed, firing, fired } = GUARD_FILES;

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.publish(aRelease('1.1.0'));
  await bench.apply('1.1.0');
  await bench.publish(aRelease('1.2.0'));
  bench.services.started.length = 0;
});
afterEach(() => bench.close());

/** 1.2.0 is staged, and nothing has been switched. */
async function staged() {
  const context = bench.context(await bench.begin('1.2.0'));
  await staging(context, quiet());
  await verifying(context, quiet());
  return context;
}
const there = async () => {
  const found = await Promise.all([armed, firing, fired].map((path) => bench.see(path)));
  return found.map((text) => text !== undefined);
};
/** As the guard does it. */
const fire = async (to: string) => bench.disk.rename(armed, to);

describe('armGuard', () => {
  it('tells the guard where to go back to, before the switch', async () => {
    const context = await staged();
    const { id, from } = context.record();
    const seen: (string | undefined)[] = [];
    const start = bench.services.start.bind(bench.services);
    bench.services.start = async (unit) => {
      seen.push(unit, await bench.see(armed), await bench.disk.readLink(CURRENT));
      return start(unit);
    };
    await activating(context, quiet());
    // 60 s of its own, and 5 s for the probes.
    expect(seen).toEqual([
      TIMER,
      `transaction=${id}\ntree=${from?.name ?? ''}\nlimit=65\n`,
      from && treePath(from.name),
    ]);
  });

  it('is done once, however often the agent begins anew, and starts the timer each time', async () => {
    const context = await staged();
    await armGuard(context);
    const before = await bench.disk.lstat(armed);
    await armGuard(context);
    expect((await bench.disk.lstat(armed))?.fingerprint).toEqual(before?.fingerprint);
    expect(bench.services.started).toEqual([TIMER, TIMER]);
  });

  it.each([firing, fired])('gives no second time when the first is over: %s', async (state) => {
    const context = await staged();
    await armGuard(context);
    await fire(state);
    const current = await bench.disk.readLink(CURRENT);
    await expectCode(activating(context, quiet()), 'guard-fired');
    expect(await there()).toEqual([false, state === firing, state === fired]);
    expect(await bench.disk.readLink(CURRENT)).toBe(current);
  });

  it('takes away what an earlier update has left', async () => {
    const context = await staged();
    for (const path of [armed, firing, fired])
      await bench.put(path, 'transaction=20250102T042000Z-5167ed\n');
    await armGuard(context);
    expect(await there()).toEqual([true, false, false]);
    expect(await bench.see(armed)).toContain(context.record().id);
  });

  it('goes without on a device that has no guard', async () => {
    bench.services.units.delete(TIMER);
    await armGuard(await staged());
    expect([await there(), bench.services.started]).toEqual([[false, false, false], []]);
    expect(bench.log.lines.at(-1)).toContain('nobody guards this update');
  });

  it('switches nothing when the guard is there and does not start', async () => {
    const context = await staged();
    bench.services.broken.add(TIMER);
    await expectCode(activating(context, quiet()), 'service-failed');
    const { from } = context.record();
    expect(await bench.disk.readLink(CURRENT)).toBe(from && treePath(from.name));
  });
});

describe('disarmGuard', () => {
  it('takes it away; twice is as good as once', async () => {
    const context = await staged();
    await armGuard(context);
    await disarmGuard(context);
    await disarmGuard(context);
    expect(await there()).toEqual([false, false, false]);
  });

  it.each([firing, fired])('says it when the guard was faster: %s', async (state) => {
    const context = await staged();
    await armGuard(context);
    await fire(state);
    const error = await expectCode(disarmGuard(context), 'guard-fired');
    expect(error.details).toEqual({ phase: context.record().phase });
    expect(await hasGuardFired(bench.disk, context.record().id)).toBe(true);
  });
});

describe('hasGuardFired', () => {
  it('counts for its own transaction, and nothing that cannot be read', async () => {
    const context = await staged();
    const { id } = context.record();
    expect(await hasGuardFired(bench.disk, id)).toBe(false);
    await bench.put(fired, 'transaction=20250102T042000Z-5167ed\n');
    expect(await hasGuardFired(bench.disk, id)).toBe(false);
    await bench.put(fired, 'x'.repeat(10_000));
    expect(await hasGuardFired(bench.disk, id)).toBe(false);
    await bench.put(firing, `transaction=${id}\n`);
    expect(await hasGuardFired(bench.disk, id)).toBe(true);
  });
});

describe('clearGuard', () => {
  it('ends each state once the previous release is back', async () => {
    for (const state of [firing, fired]) {
      const context = await staged();
      await armGuard(context);
      await fire(state);
      await rollingBack(context, quiet());
      expect(await there()).toEqual([false, false, false]);
    }
  });

  it('leaves nothing although the guard goes on meanwhile', async () => {
    const context = await staged();
    await armGuard(context);
    await fire(firing);
    const remove = bench.disk.remove.bind(bench.disk);
    bench.disk.remove = async (path) => {
      if (path === firing) await bench.disk.rename(firing, fired);
      return remove(path);
    };
    await clearGuard(context);
    expect(await there()).toEqual([false, false, false]);
  });
});
