/** Speed and remaining time from what a device tells: nothing at first, steady then, and no nonsense when nothing arrives. */
import { describe, expect, it } from 'vitest';
import type { Progress, Status } from '@pikit/protocol';
import { notePace, speedOf, type Pace, type Speed } from '../../src/model/pace.ts';
import { aStatus, aTransaction } from '../support/builders.ts';

const TOTAL = 10_000_000;

const at = (bytesDone: number, change: Partial<Progress> = {}): Status =>
  aStatus({
    transaction: aTransaction(),
    progress: {
      phase: 'staging',
      bytesDone,
      bytesTotal: TOTAL,
      filesDone: 0,
      filesTotal: 9,
      ...change,
    },
  });

/** The speed after each of these looks at the bytes done, four a second as a device sends them. */
function course(bytes: readonly number[], perLookMs = 250): readonly (Speed | undefined)[] {
  let pace: Pace | undefined;
  return bytes.map((done, index) => {
    pace = notePace(pace, at(done), index * perLookMs);
    return speedOf(pace, TOTAL, index * perLookMs);
  });
}

const steady = (looks: number, perLook: number, first = 0): readonly number[] =>
  Array.from({ length: looks }, (_, index) => first + index * perLook);

describe('the speed', () => {
  it('is not told before three seconds have passed, and then what it is', () => {
    const speeds = course(steady(20, 25_000));
    expect(speeds.slice(0, 12).every((speed) => speed === undefined)).toBe(true);
    expect(speeds[12]).toEqual({ bytesPerSecond: 100_000, leftMs: 120_000 });
  });

  it.each<[string, number, number | undefined]>([
    ['to five seconds where it is short', 9_000_000, 10_000],
    ['to half a minute where it is minutes', 0, 120_000],
  ])('rounds the rest up %s', (_, first, leftMs) => {
    expect(course(steady(14, 25_000, first))[12]?.leftMs).toBe(leftMs);
  });

  it('counts no bytes that an earlier try had fetched', () => {
    expect(course(steady(13, 25_000, 5_000_000)).at(-1)?.bytesPerSecond).toBe(100_000);
  });

  it('changes at most once a second, and little when a single second is slow', () => {
    const wave = steady(60, 25_000).map((bytes, index) => bytes - (index % 8 < 4 ? 0 : 20_000));
    const told = course(wave).slice(13);
    const speeds = told.map((speed) => speed?.bytesPerSecond ?? 0);
    expect(new Set(speeds).size).toBeLessThanOrEqual(Math.ceil(told.length / 4) + 1);
    for (const speed of speeds) expect(Math.abs(speed - 100_000)).toBeLessThan(10_000);
  });

  it('is not told while nothing arrives, and begins anew after that', () => {
    const stalled = [...steady(20, 25_000), ...Array.from({ length: 40 }, () => 475_000)];
    const speeds = course([...stalled, ...steady(13, 25_000, 500_000)]);
    expect(speeds[19]).toBeDefined();
    expect(speeds[40]).toBeUndefined();
    expect(speeds[59]).toBeUndefined();
    expect(speeds[65]).toBeUndefined();
    expect(speeds.at(-1)?.bytesPerSecond).toBe(100_000);
  });

  it('is not told any more when all is there', () => {
    expect(course(steady(41, TOTAL / 40)).at(-1)).toBeUndefined();
  });
});

describe('the marks', () => {
  const pace = notePace(undefined, at(100), 0);

  it.each<[string, Status]>([
    ['no transaction', aStatus()],
    ['no progress', aStatus({ transaction: aTransaction() })],
    ['no bytes to count', at(0, { bytesTotal: 0 })],
  ])('are none where there is %s', (_, status) => {
    expect(notePace(pace, status, 1000)).toBeUndefined();
    expect(speedOf(undefined, TOTAL, 1000)).toBeUndefined();
  });

  it.each<[string, Status, number]>([
    ['another phase', at(200, { phase: 'verifying' }), 1000],
    ['another sum', at(200, { bytesTotal: 5 }), 1000],
    ['bytes that went back', at(50), 1000],
    ['a clock that went back', at(200), -1],
    ['another transaction', { ...at(200), transaction: aTransaction({ id: 'x' as never }) }, 1000],
  ])('begin anew with %s', (_, status, now) => {
    expect(notePace(pace, status, now)?.marks).toEqual([
      { at: now, bytes: status.progress?.bytesDone },
    ]);
  });
});
