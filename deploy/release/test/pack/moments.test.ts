/** Dates that a maintainer writes, and the one spelling that is published. */
import { describe, expect, it } from 'vitest';
import { daysAfter, parseEpoch, parseMoment, secondsOf } from '../../src/pack/moments.ts';

describe('parseMoment', () => {
  it.each([
    ['2026-11-26', '2026-11-26T00:00:00Z'],
    ['2026-11-26T10:20:30Z', '2026-11-26T10:20:30Z'],
    ['2026-11-26T10:20:30.999Z', '2026-11-26T10:20:30Z'],
    ['2026-11-26 00:20:30+01:00', '2026-11-25T23:20:30Z'],
    ['1970-01-01', '1970-01-01T00:00:00Z'],
  ])('reads %s', (text, moment) => {
    expect(parseMoment(text)).toBe(moment);
  });

  it.each([
    ['no date', 'soon'],
    ['nothing', ''],
    ['a time that depends on where one is', '2026-11-26T10:20:30'],
    ['a day that does not exist', '2026-02-30'],
    ['a month that does not exist', '2026-13-01'],
    ['an hour that does not exist', '2026-11-26T25:00:00Z'],
    ['what a tar header cannot say', '1969-12-31'],
    ['what it cannot say either', '2300-01-01'],
  ])('does not read %s', (_what, text) => {
    expect(parseMoment(text)).toBeUndefined();
  });
});

describe('parseEpoch', () => {
  it.each([
    ['0', '1970-01-01T00:00:00Z'],
    ['1795651200', '2026-11-26T00:00:00Z'],
    ['-1', undefined],
    ['1.5', undefined],
    ['9999999999', undefined],
    ['now', undefined],
  ])('reads %s as %s', (text, moment) => {
    expect(parseEpoch(text)).toBe(moment);
  });
});

describe('daysAfter', () => {
  it('counts days of 24 hours, and stops where dates do', () => {
    expect(daysAfter('2026-11-26T10:00:00Z', 90)).toBe('2027-02-24T10:00:00Z');
    expect(daysAfter('2240-01-01T00:00:00Z', 3650)).toBeUndefined();
  });
});

describe('secondsOf', () => {
  it('is the inverse of an epoch', () => {
    expect(secondsOf(parseEpoch('1795651200') ?? '')).toBe(1795651200);
  });
});
