/** Sizes and times as people read them. */
import { describe, expect, it } from 'vitest';
import { createFormat } from '../../src/model/format.ts';

const format = createFormat('en');
const MINUTE = 60_000;

describe('createFormat', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1023, '1 kB'],
    [999_499, '999 kB'],
    [999_500, '1 MB'],
    [999_960_000, '1 GB'],
    [999_400_000, '999.4 MB'],
    [999_999_999_999, '1 TB'],
    [12_400, '12 kB'],
    [2_841_600, '2.8 MB'],
    [48_000_000_000, '48 GB'],
    [9e18, '9,000,000 TB'],
  ])('writes %d bytes as %s', (count, text) => {
    expect(format.bytes(count)).toBe(text);
  });

  it.each([
    [-5000, '0 sec'],
    [Number.NaN, '0 sec'],
    [999.5, '0 sec'],
    [59_999, '59 sec'],
    [84_000, '1 min 24 sec'],
    [125 * MINUTE, '2 hr 5 min'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(format.elapsed(ms)).toBe(text);
  });

  it.each([
    [-1, 'now'],
    [Number.NaN, 'now'],
    [30_000, 'now'],
    [17 * MINUTE, '17 minutes ago'],
    [60 * MINUTE, '1 hour ago'],
    [48 * 60 * MINUTE, '2 days ago'],
  ])('calls what was %d ms ago: %s', (ms, text) => {
    expect(format.ago(1e12 - ms, 1e12)).toBe(text);
  });

  it('shows a time that it cannot read as it came', () => {
    expect(format.day('soon')).toBe('soon');
    expect(format.clock('soon')).toBe('soon');
    expect(format.time('soon')).toBe('soon');
    expect(format.moment('soon')).toBe('soon');
  });

  it('writes a percentage as the language does', () => {
    expect(format.percent(45)).toBe('45%');
    expect(createFormat('de').percent(45)).toBe('45\u00A0%');
  });

  it('writes a date in the language of the page', () => {
    expect(createFormat('de').day('2026-11-21T09:00:00.000Z')).toBe('21.11.2026');
    expect(createFormat('de').moment('2026-11-21T09:07:00.000Z')).toBe('21.11.2026, 09:07');
  });
});
