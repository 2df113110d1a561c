/** Often asked, seldom done, and done once after the last time. */
import { describe, expect, it } from 'vitest';
import { waitFor } from '../../../../test/support/wait-for.ts';
import { createClock } from '../../src/adapters/clock-system.ts';
import { createThrottle } from '../../src/updater/throttle.ts';

describe('createThrottle', () => {
  it('runs at once, then waits, then runs once for all that was asked meanwhile', async () => {
    const clock = createClock();
    const times: number[] = [];
    const throttle = createThrottle({
      clock,
      intervalMs: 60,
      action: async () => {
        times.push(clock.monotonicMs());
        throttle.mark();
      },
    });
    throttle.soon();
    await waitFor('the first', () => times.length === 1);
    for (let asked = 0; asked < 100; asked += 1) throttle.soon();
    await waitFor('the second', () => times.length === 2);
    const [first = 0, second = 0] = times;
    expect(second - first).toBeGreaterThanOrEqual(55);
    await clock.sleep(90, new AbortController().signal);
    expect(times).toHaveLength(2);
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
