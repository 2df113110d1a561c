/** What creeps is ended, what is only uneven is not, and the time that a slow card takes is not the server's. */
import { UpdateError } from '@pikit/protocol';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createClock } from '../../src/adapters/clock-system.ts';
import { refuseCreeping } from '../../src/adapters/unhurried-body.ts';

const needs = {
  rate: { bytes: 100, withinMs: 300 },
  clock: createClock(),
  tooSlow: () => new UpdateError('download-failed', 'too slow'),
};

/** Pieces of so many bytes, each after so many milliseconds. */
async function* pieces(
  ...list: readonly (readonly [number, number])[]
): AsyncGenerator<Uint8Array> {
  for (const [ms, bytes] of list) {
    await sleep(ms);
    yield new Uint8Array(bytes);
  }
}

async function arriving(body: AsyncIterable<Uint8Array>, slowCardMs = 0): Promise<number> {
  let bytes = 0;
  for await (const chunk of refuseCreeping(body, needs)) {
    bytes += chunk.length;
    await sleep(slowCardMs);
  }
  return bytes;
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  yield await new Promise<Uint8Array>(() => undefined);
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(1);
  throw new UpdateError('too-large', 'from within');
}

const drip = Array.from({ length: 200 }, () => [20, 1] as const);

describe('refuseCreeping', () => {
  it('ends a drip, though it is never silent', async () => {
    const begun = performance.now();
    await expectCode(arriving(pieces(...drip)), 'download-failed');
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('ends what keeps the connection awake without a byte of the body', async () => {
    await expectCode(arriving(nothing()), 'download-failed');
  });

  it('lets pass what comes in bursts, a short end included', async () => {
    const uneven = [
      [0, 60],
      [150, 60],
      [200, 500],
      [200, 100],
      [200, 1],
      [50, 1],
    ] as const;
    expect(await arriving(pieces(...uneven))).toBe(722);
  });

  it('does not count what the reader takes for itself', async () => {
    const list = Array.from({ length: 12 }, () => [0, 10] as const);
    expect(await arriving(pieces(...list), 60)).toBe(120);
  });

  it('hands on the error of the body', async () => {
    await expectCode(arriving(broken()), 'too-large');
  });
});
