/** Often asked, seldom done, and done once after the last time. */
import { describe, expect, it } from 'vitest';
import { waitFor } from '../../../../test/support/wait-for.ts';
import { createClock } from '../../src/adapters/clock-system.ts';
import { createThrottle } from '../../src/updater/throttle.ts';

describe('createThrottle', () => {
  it('runs at once, then waits, then runs once for all that was asked meanwhile', async () => {
    const sleeps: { readonly ms: number; readonly wake: () => void }[] = [];
    const sleep = (ms: number) => new Promise<void>((wake) => sleeps.push({ ms, wake }));
    let times = 0;
    const throttle = createThrottle({
      clock: { ...createClock(), monotonicMs: () => 0, sleep },
      intervalMs: 60,
      action: async () => {
        times += 1;
        throttle.mark();
      },
    });
    throttle.soon();
    sleeps[0]?.wake();
    await waitFor('the first', () => times === 1);
    for (let asked = 0; asked < 100; asked += 1) throttle.soon();
    sleeps[1]?.wake();
    await waitFor('the second', () => times === 2);
    expect(sleeps.map(({ ms }) => ms)).toEqual([0, 60]);
  });

  it('survives an action that fails', async () => {
    let tries = 0;
    const throttle = createThrottle({
      clock: createClock(),
      intervalMs: 1,
      action: async () => {
        tries += 1;
        throw new Error('not now');
      },
    });
    throttle.soon();
    await waitFor('a try', () => tries === 1);
    throttle.soon();
    await waitFor('another', () => tries === 2);
  });
});
