/** Idle is who has neither a guest nor work for long enough, counted from the end of both. */
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createIdleness } from '../../src/rpc/idleness.ts';

/** A clock that jumps: each sleep is over at once, and what the test wants to happen by then happens first. */
function jumpingClock(happens: Readonly<Record<number, () => void>>) {
  let now = 0;
  return {
    monotonicMs: () => now,
    async sleep(ms: number, signal?: AbortSignal) {
      signal?.throwIfAborted();
      const until = now + ms;
      for (const [at, act] of Object.entries(happens)) {
        if (Number(at) <= now || Number(at) > until) continue;
        now = Number(at);
        act();
      }
      now = until;
    },
  };
}

const forever = new AbortController().signal;
const isIdle = (): boolean => false;

describe('createIdleness', () => {
  it('has passed when nobody ever came', async () => {
    const clock = jumpingClock({});
    await createIdleness({ clock, idleMs: 100, isBusy: isIdle }).passed(forever);
    expect(clock.monotonicMs()).toBe(100);
  });

  it('counts from when the last one left', async () => {
    const guests = [new EventEmitter(), new EventEmitter()] as const;
    const clock = jumpingClock({
      50: () => guests.forEach((guest) => idleness.admit(guest)),
      120: () => guests[0].emit('close'),
      260: () => guests[1].emit('close'),
    });
    const idleness = createIdleness({ clock, idleMs: 100, isBusy: isIdle });
    await idleness.passed(forever);
    expect(clock.monotonicMs()).toBe(360);
  });

  it('waits for work that nobody watches', async () => {
    let isBusy = true;
    const clock = jumpingClock({
      330: () => {
        isBusy = false;
      },
    });
    await createIdleness({ clock, idleMs: 100, isBusy: () => isBusy }).passed(forever);
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(400);
  });

  it('says nothing once the agent stops for another reason', async () => {
    const stop = new AbortController();
    stop.abort();
    const clock = jumpingClock({});
    const passed = createIdleness({ clock, idleMs: 100, isBusy: isIdle }).passed(stop.signal);
    const first = await Promise.race([
      passed.then(() => 'left'),
      new Promise((resolve) => setTimeout(resolve, 20, 'still there')),
    ]);
    expect(first).toBe('still there');
  });
});
