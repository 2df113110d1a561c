/**
 * What the system tests share with `npm run test:system`: how many power cuts there are to be, the seed of their moments, and what
 * was counted and measured. Counting decides nothing: what is broken fails its own test.
 */
import { appendFileSync } from 'node:fs';

/** `PIKIT_SYSTEM_SEED`, or one of this run's own; whoever draws from it prints it. */
export function systemSeed(): number {
  const given = process.env['PIKIT_SYSTEM_SEED'];
  return given === undefined ? Date.now() % 2 ** 31 : Number.parseInt(given, 10);
}

/** `PIKIT_SYSTEM_CUTS`: `npm test` makes a few, `npm run test:system` more. */
export function systemCutsWanted(): number {
  return Number.parseInt(process.env['PIKIT_SYSTEM_CUTS'] ?? '5', 10);
}

export interface SystemEntry {
  readonly powercuts?: number;
  readonly broken?: number;
  readonly security?: Readonly<Record<string, number>>;
  readonly apiPssMB?: number;
  readonly wakeMs?: number;
  readonly wakeRatio?: number;
  /** How much longer an update of 300 files takes than in the sandbox of `npm start` with the same settings. */
  readonly applyRatio?: number;
  readonly failedRequests?: number;
}

/** Adds to the file that `PIKIT_SYSTEM_TALLY` names; does nothing without one. */
export function tell(entry: SystemEntry): void {
  const file = process.env['PIKIT_SYSTEM_TALLY'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(entry)}\n`);
}
