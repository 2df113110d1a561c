/** When a transfer is tried again, and when it has been tried often enough. */
import { UpdateError } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { creepFailure } from '../../src/adapters/http-failure.ts';
import { createPerseverance } from '../../src/adapters/perseverance.ts';
import type { Clock } from '../../src/ports.ts';
import { createManualClock } from '../support/fakes.ts';

const never = new AbortController().signal;
const failure = new UpdateError('offline', 'nobody answered');
const retry = { tries: 3, firstDelayMs: 100, longestDelayMs: 1000 };

function bench() {
  const waits: number[] = [];
  const clock: Clock = {
    ...createManualClock(),
    sleep: async (ms) => void waits.push(ms),
    randomHex: () => 'ffff',
  };
  return { waits, tryAgain: createPerseverance({ clock, retry }) };
}

describe('createPerseverance', () => {
  it('gives up after so many tries in a row that brought nothing, and waits longer before each', async () => {
    const { waits, tryAgain } = bench();
    await tryAgain({ failure }, false, never);
    await tryAgain({ failure }, false, never);
    await expect(tryAgain({ failure }, false, never)).rejects.toBe(failure);
    expect(waits).toEqual([200, 400]);
  });

  it('counts anew once a try has brought something, unless that crept', async () => {
    const { tryAgain } = bench();
    await tryAgain({ failure }, false, never);
    await tryAgain({ failure }, false, never);
    await tryAgain({ failure }, true, never);
    const slow = creepFailure('https://example.org/file');
    await tryAgain({ failure: slow }, true, never);
    await tryAgain({ failure: slow }, true, never);
    await expect(tryAgain({ failure: slow }, true, never)).rejects.toBe(slow);
  });

  it('gives up in the end whatever arrives', async () => {
    const { tryAgain } = bench();
    for (let count = 1; count < 200; count += 1) await tryAgain({ failure }, true, never);
    await expect(tryAgain({ failure }, true, never)).rejects.toBe(failure);
  });

  it('waits as long as the server has said, and not at all for 0', async () => {
    const { waits, tryAgain } = bench();
    await tryAgain({ failure, afterMs: 7000 }, false, never);
    await tryAgain({ failure, afterMs: 0 }, false, never);
    expect(waits).toEqual([7000]);
  });
});
