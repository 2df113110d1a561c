/** Medians and ratios: also of too few values, and of those that could not be measured. */
import { expect, it } from 'vitest';
import { median, medianSample, ratio, type Sample } from './statistics.ts';

const aSample = (wallMs: number, deviceBytes: number | null): Sample => ({
  wallMs,
  cpuMs: 1,
  rssMB: 2,
  wireBytes: 3,
  requests: 4,
  deviceBytes,
  mixedMs: 0,
});

it('takes the middle one, or the middle of the middle two', () => {
  expect(median([30, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 30])).toBe(3);
  expect(median([7])).toBe(7);
  expect(median([])).toBeUndefined();
});

it('takes each measure by itself', () => {
  const samples = [aSample(30, 100), aSample(10, 300), aSample(20.04, 200)];
  expect(medianSample(samples)).toEqual(aSample(20, 200));
});

it('says null for what was never measured', () => {
  expect(medianSample([aSample(1, null)]).deviceBytes).toBeNull();
});

it('gives no ratio to nothing', () => {
  expect(ratio(1, 4)).toBe(0.25);
  expect(ratio(1, 0)).toBeUndefined();
  expect(ratio(null, 4)).toBeUndefined();
  expect(ratio(1, null)).toBeUndefined();
});
