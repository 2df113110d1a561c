/**
 * What the security tests share with `npm run test:security`: a count of the attacks that were tried. Counting decides
 * nothing: an attack that was answered wrongly fails its own test.
 */
import { appendFileSync } from 'node:fs';

export interface AttackCount {
  /** Of which attacks, such as `socket`. */
  readonly kind: string;
  readonly attacks: number;
  /** Answered with another code than due, or not at all. */
  readonly wrong: number;
  readonly canaryTouched?: number;
  /** The agent's memory at its highest under the attacks, as a ratio to idle. */
  readonly rssRatio?: number;
}

/** Adds to the file that `PIKIT_SECURITY_TALLY` names; does nothing without one. */
export function countAttacks(count: AttackCount): void {
  const file = process.env['PIKIT_SECURITY_TALLY'];
  if (file === undefined) return;
  appendFileSync(file, `${JSON.stringify(count)}\n`);
}
