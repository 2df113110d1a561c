/**
 * Which of two status snapshots is newer. A snapshot counts up within one boot of the agent; boots themselves have no
 * order, so the page remembers which ones are over. Pure.
 */
import type { Status } from '@pikit/protocol';

export interface Seen {
  readonly boot: string;
  readonly revision: number;
  /** Boots that a later one has replaced; they never come back. */
  readonly past: readonly string[];
}

type Stamp = Pick<Status, 'boot' | 'revision'>;

/**
 * What is seen after the incoming snapshot, or undefined when it must not be shown. `askedUnder` is the boot that was
 * current when the request for it left (for a pushed snapshot: when it arrived): an answer of another boot to a question
 * from before a restart may be the older one.
 */
export function admit(
  seen: Seen | undefined,
  incoming: Stamp,
  askedUnder: string | undefined,
): Seen | undefined {
  const { boot, revision } = incoming;
  if (seen === undefined) return { boot, revision, past: [] };
  if (boot === seen.boot) return revision >= seen.revision ? { ...seen, revision } : undefined;
  if (seen.past.includes(boot) || askedUnder !== seen.boot) return undefined;
  return { boot, revision, past: [...seen.past, seen.boot] };
}
