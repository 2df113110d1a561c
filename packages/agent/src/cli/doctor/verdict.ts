/** What a check of `pikit-rpc doctor` answers: how bad it is, what was found, and what a person does about it. Words only. */

/** `warning`: worth knowing, and nothing is broken. `bad`: a person is needed. */
export type Level = 'ok' | 'warning' | 'bad';

export interface Verdict {
  readonly check: string;
  readonly level: Level;
  readonly found: string;
  /** A command or a sentence; null where there is nothing to do. */
  readonly advice: string | null;
}

export function ok(check: string, found: string): Verdict {
  return { check, level: 'ok', found, advice: null };
}

export function warning(check: string, found: string, advice: string): Verdict {
  return { check, level: 'warning', found, advice };
}

export function bad(check: string, found: string, advice: string): Verdict {
  return { check, level: 'bad', found, advice };
}

export function needsPerson(verdicts: readonly Verdict[]): boolean {
  return verdicts.some(({ level }) => level === 'bad');
}

/** One line, whatever was found. */
export function describeVerdict({ check, level, found, advice }: Verdict): string {
  const line = `${level.padEnd(8)} ${check.padEnd(10)} ${found}`;
  return advice === null ? line : `${line} -> ${advice}`;
}
