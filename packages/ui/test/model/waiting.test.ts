/** What is waited for, from when on, and when that is long. */
import { describe, expect, it } from 'vitest';
import { isElsewhere, waitingOf } from '../../src/model/waiting.ts';
import { aSituation, aStatus, aTransaction, NOW } from '../support/builders.ts';

const lost = (ms: number) => ({ link: { kind: 'reconnecting', since: NOW - ms } }) as const;
const refused = (ms: number) => ({ link: { kind: 'refused', since: NOW - ms } }) as const;
const away = (ms: number) => ({ agent: 'away', awaySince: NOW - ms }) as const;
const working = { status: aStatus({ transaction: aTransaction() }) };

describe('waitingOf', () => {
  it.each([
    ['a moment without the device', lost(2000), undefined],
    ['the device', lost(5000), { for: 'device', ms: 5000, isLong: false }],
    ['a device that refuses', refused(5000), { for: 'device', ms: 5000, isLong: false }],
    ['the device, for long', lost(120_000), { for: 'device', ms: 120_000, isLong: true }],
    [
      'the updater at work',
      { ...working, ...away(5000) },
      { for: 'agent', ms: 5000, isLong: false },
    ],
    [
      'the updater at work, for long',
      { ...working, ...away(120_000) },
      { for: 'agent', ms: 120_000, isLong: true },
    ],
    ['an updater that does nothing', away(5000), undefined],
    [
      'the line before the updater',
      { ...away(9000), ...lost(5000) },
      { for: 'device', ms: 5000, isLong: false },
    ],
    ['nobody', {}, undefined],
  ])('knows %s', (_, change, waiting) => {
    expect(waitingOf(aSituation(change), NOW)).toEqual(waiting);
  });
});

describe('isElsewhere', () => {
  it.each([
    [19_000, {}, false],
    [20_000, {}, true],
    [119_000, working, false],
    [120_000, working, true],
  ])('after %d ms of answers from something else', (ms, change, expected) => {
    const link = { kind: 'elsewhere', since: NOW - ms } as const;
    expect(isElsewhere(aSituation({ ...change, link }), NOW)).toBe(expected);
  });

  it('is never a device that does not answer, as in a restart', () => {
    expect(isElsewhere(aSituation(lost(900_000)), NOW)).toBe(false);
  });
});
