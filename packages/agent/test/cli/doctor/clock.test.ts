/** The judgement on the clock. */
import { describe, expect, it } from 'vitest';
import { judgeClock } from '../../../src/cli/doctor/clock.ts';

const DAY = 24 * 60 * 60 * 1000;
const now = Date.parse('2026-05-04T12:00:00Z');
const right = { nowMs: now, builtMs: now - DAY, signedMs: now - DAY, isSynchronised: true };

describe('judgeClock', () => {
  it.each([
    ['set by the network', right, 'ok'],
    ['not set by the network', { ...right, isSynchronised: false }, 'warning'],
    ['of which nobody knows', { ...right, isSynchronised: undefined }, 'warning'],
    ['in another time zone', { ...right, builtMs: now + DAY / 2 }, 'ok'],
    ['before the program was made', { ...right, builtMs: now + 2 * DAY }, 'bad'],
    ['before the newest release', { ...right, signedMs: now + 2 * DAY }, 'bad'],
    ['without a release that was seen', { ...right, signedMs: undefined }, 'ok'],
  ])('%s', (_what, facts, level) => {
    expect(judgeClock(facts).level).toBe(level);
  });
});
