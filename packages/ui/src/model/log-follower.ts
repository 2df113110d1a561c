/**
 * The log of one transaction, kept complete while lines arrive: live lines that come before the answer are held and
 * joined to it without doubles.
 */
import type { LogLine, TransactionId } from '@pikit/protocol';
import type { Commands } from './commands.ts';
import type { LogView, Problem } from './situation.ts';

/** More than any update writes; a page that is left open must not grow for ever. */
const MOST_LINES = 5000;

export interface LogFollower {
  /** Undefined while nobody looks. */
  readonly view: () => LogView | undefined;
  /** Begins to follow, or asks again (after a gap in the line). Null: there is no transaction to show. */
  readonly follow: (transaction: TransactionId | null) => Promise<Problem | undefined>;
  readonly append: (transaction: TransactionId, line: LogLine) => void;
  readonly leave: () => void;
}

const identityOf = ({ at, level, message }: LogLine): string => `${at} ${level} ${message}`;

/** The fetched lines, then those of the live ones that they do not hold yet. */
export function joinLines(
  fetched: readonly LogLine[],
  live: readonly LogLine[],
): readonly LogLine[] {
  const known = new Set(fetched.map(identityOf));
  const late = live.filter((line) => !known.has(identityOf(line)));
  return [...fetched, ...late].slice(-MOST_LINES);
}

export function createLogFollower({
  commands,
  onChange,
}: {
  readonly commands: Pick<Commands, 'log'>;
  readonly onChange: (view: LogView | undefined) => void;
}): LogFollower {
  let followed: TransactionId | null | undefined;
  let lines: readonly LogLine[] | undefined;
  let held: readonly LogLine[] = [];

  const view = (): LogView | undefined =>
    followed === undefined ? undefined : { transaction: followed ?? undefined, lines };

  return {
    view,
    async follow(transaction) {
      if (transaction !== followed) lines = transaction === null ? [] : undefined;
      followed = transaction;
      held = [];
      onChange(view());
      if (transaction === null) return undefined;
      const answer = await commands.log(transaction);
      if (followed !== transaction) return undefined;
      if (answer.ok) lines = joinLines(answer.value.lines, held);
      onChange(view());
      return answer.ok ? undefined : answer.error;
    },
    append(transaction, line) {
      if (transaction !== followed) return;
      held = [...held, line].slice(-MOST_LINES);
      if (lines !== undefined) lines = joinLines(lines, [line]);
      onChange(view());
    },
    leave() {
      followed = undefined;
      lines = undefined;
      onChange(view());
    },
  };
}
