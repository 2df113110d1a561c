/** Delays grow, stay within bounds and differ from device to device. */
import { describe, expect, it } from 'vitest';
import { backOffMs, parseRetryAfter } from '../../src/adapters/back-off.ts';
import { createClock } from '../../src/adapters/clock-system.ts';

const POLICY = { tries: 5, firstDelayMs: 100, longestDelayMs: 1000 };
const withChance = (hex: string) => ({ ...createClock(), randomHex: () => hex });

describe('backOffMs', () => {
  it('doubles up to the limit', () => {
    const delays = [0, 1, 2, 3, 4, 50].map((n) => backOffMs(n, POLICY, withChance('ffff')));
    expect(delays).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  it('is drawn from the upper half', () => {
    expect(backOffMs(1, POLICY, withChance('0000'))).toBe(100);
    expect(backOffMs(1, POLICY, createClock())).toBeGreaterThanOrEqual(100);
  });
});

describe('parseRetryAfter', () => {
  it.each([
    ['7', 7000],
    ['0', 0],
    ['Mon, 23 Nov 2026 10:00:05 GMT', 5000],
    ['Mon, 23 Nov 2026 09:00:00 GMT', 0],
    ['soon', undefined],
    [undefined, undefined],
  ])('reads %j as %s ms', (header, expected) => {
    expect(parseRetryAfter(header, '2026-11-23T10:00:00.000Z')).toBe(expected);
  });
});
