/** What creeps is ended, what is only uneven is not, and the time that a slow card takes is not the server's. */
import { UpdateError } from '@pikit/protocol';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createClock } from '../../src/adapters/clock-system.ts';
import { refuseCreeping } from '../../src/adapters/unhurried-body.ts';

/** Much longer than a busy machine keeps anybody waiting. */
const LONG_MS = 2_500;

const needs = {
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

async function arriving(
  body: AsyncIterable<Uint8Array>,
  { withinMs = 300, slowCardMs = 0 } = {},
): Promise<number> {
  let bytes = 0;
  for await (const chunk of refuseCreeping(body, { ...needs, rate: { bytes: 100, withinMs } })) {
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

async function* drip(): AsyncGenerator<Uint8Array> {
  for (;;) yield* pieces([20, 1]);
}

describe('refuseCreeping', () => {
  it('ends a drip, though it is never silent', async () => {
    await expectCode(arriving(drip()), 'download-failed');
  });

  it('ends what keeps the connection awake without a byte of the body', async () => {
    await expectCode(arriving(nothing()), 'download-failed');
  });

  it('lets pass what comes in bursts, a short end included', async () => {
    const uneven = [
      [0, 60],
      [600, 60],
      [800, 500],
      [800, 100],
      [800, 1],
      [200, 1],
    ] as const;
    expect(await arriving(pieces(...uneven), { withinMs: LONG_MS })).toBe(722);
  });

  it('does not count what the reader takes for itself', async () => {
    const list = Array.from({ length: 12 }, () => [0, 10] as const);
    const patience = { withinMs: LONG_MS, slowCardMs: 300 };
    expect(await arriving(pieces(...list), patience)).toBe(120);
  });

  it('hands on the error of the body', async () => {
    await expectCode(arriving(broken()), 'too-large');
  });
});
