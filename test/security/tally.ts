/**
 * What the security tests share with `npm run test:security`: a count of the attacks that were tried. Counting decides
 * nothing: an attack that is answered wrongly fails its own test.
 */
import { appendFileSync } from 'node:fs';

export interface AttackCount {
  /** Which part of the tests; each must have counted something, else the run is not whole. */
  readonly kind: 'corpus' | 'network' | 'socket' | 'tuf';
  readonly attacks: number;
  /** Answered with another code than due, or not at all. */
  readonly wrong: number;
  /** Attacks after which something outside staging and our own records had changed. */
  readonly canaryTouched?: number;
  /** The agent's resident memory while it is attacked, as a ratio to that of an idle one. */
  readonly rssRatio?: number;
}

/** Adds to the file that `PIKIT_SECURITY_TALLY` names; does nothing without one. Call it where a failed test cannot skip it. */
export function countAttacks(count: AttackCount): void {
  const file = process.env['PIKIT_SECURITY_TALLY'];
  if (file === undefined) return;
  appendFileSync(file, `${JSON.stringify(count)}\n`);
}
