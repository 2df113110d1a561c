/** Work that queues: order, failure, and the limit. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createOneAtATime } from '../../src/auth/one-at-a-time.ts';

const slow = () => new Promise((resolve) => setImmediate(resolve));

describe('createOneAtATime', () => {
  it('never runs two at once, whatever fails', async () => {
    const run = createOneAtATime(10);
    let running = 0;
    let most = 0;
    const work = (n: number) => async (): Promise<number> => {
      running += 1;
      most = Math.max(most, running);
      await slow();
      running -= 1;
      if (n === 1) throw new Error('one');
      return n;
    };
    const results = await Promise.allSettled([0, 1, 2].map((n) => run(work(n))));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(most).toBe(1);
  });

  it('refuses what would wait too long, and has room again later', async () => {
    const run = createOneAtATime(2);
    const accepted = [run(slow), run(slow)];
    await expectCode(run(slow), 'rate-limited');
    await Promise.all(accepted);
    await run(slow);
  });

  it('asks whoever admits only where there is room, and keeps nothing of what was not admitted', async () => {
    const run = createOneAtATime(1);
    let asked = 0;
    const accepted = run(slow, () => void (asked += 1));
    await expectCode(
      run(slow, () => void (asked += 1)),
      'rate-limited',
    );
    expect(asked).toBe(1);
    await accepted;
    const refused = run(slow, () => {
      throw new Error('not this one');
    });
    await expect(refused).rejects.toThrow('not this one');
    await run(slow);
  });
});
