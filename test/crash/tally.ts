/**
 * What the crash tests share with `npm run test:crash`: the seed that all randomness comes from, and a count of the points
 * that were tried. Counting decides nothing: a broken point fails its own test.
 */
import { appendFileSync } from 'node:fs';

export type PointKind =
  'model' | 'kill' | 'enospc' | 'powercut.ext4' | 'powercut.xfs' | 'powercut.btrfs';

/** `PIKIT_CRASH_SEED`, or one of this run's own; whoever draws from it prints it, so that a failure can be replayed. */
export function crashSeed(): number {
  const given = process.env['PIKIT_CRASH_SEED'];
  return given === undefined ? Date.now() % 2 ** 31 : Number.parseInt(given, 10);
}

/** `PIKIT_CRASH_CUTS`: how many power cuts each filesystem gets; `npm run test:crash` makes more than `npm test`. */
export function cutsWanted(): number {
  return Number.parseInt(process.env['PIKIT_CRASH_CUTS'] ?? '40', 10);
}

/**
 * `PIKIT_CRASH_SHARE`: how many of the kills and disk errors are tried; a tenth, drawn anew each time, in `npm test`. With less
 * than all, the model of a disk is cut in one way at each call, and not in all three.
 */
export function shareWanted(): number {
  return Number.parseFloat(process.env['PIKIT_CRASH_SHARE'] ?? '0.1');
}

/** Adds to the file that `PIKIT_CRASH_TALLY` names; does nothing without one. */
export function countPoints(kind: PointKind, points: number, broken: number): void {
  const file = process.env['PIKIT_CRASH_TALLY'];
  if (file === undefined) return;
  appendFileSync(file, `${JSON.stringify({ kind, points, broken })}\n`);
}

/** Mulberry32: numbers in [0, 1) that the seed alone decides. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
