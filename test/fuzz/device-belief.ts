/**
 * What may happen to a device, and what is believed of it afterwards: the rules of the updater told a second time, in a few lines that
 * know nothing of how the agent keeps them.
 */
import * as fc from 'fast-check';
import type { Shown } from '../crash/verdict.ts';
import { ENDS, type Disturbance } from './disturbance.ts';
import { deedOf, type Own } from './strangers-hands.ts';

const KINDS = [
  'install',
  'install',
  'install',
  'fetch',
  'roll-back',
  'repair',
  'damage',
  'edit',
  'keep',
] as const;
/** An installation that is taken back makes about so many calls that change the disk. */
const MOST_CALLS = 400;
const MOST_EVENTS = 14;

export interface Event extends Disturbance {
  readonly kind: (typeof KINDS)[number];
  readonly version: string;
  /** How many earlier releases are to be kept from now on. */
  readonly keep: number;
  /** At which of its calls the recovery is disturbed in the same way; 0: at none. */
  readonly again: number;
}

export const livesWith = (versions: readonly string[]): fc.Arbitrary<readonly Event[]> =>
  fc.array(
    fc.record<Event>({
      kind: fc.constantFrom(...KINDS),
      version: fc.constantFrom(...versions),
      end: fc.constantFrom(...ENDS),
      at: fc.integer({ min: 1, max: MOST_CALLS }),
      again: fc.oneof(fc.constant(0), fc.nat({ max: MOST_CALLS })),
      chance: fc.nat(),
      keep: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 1, maxLength: MOST_EVENTS },
  );

export interface Belief {
  readonly runs: string;
  /** Where roll-backs lead, the next one first. */
  readonly backs: readonly string[];
  /** So many of them at most. */
  readonly keep: number;
  /** A file of the release that runs. */
  readonly isDamaged: boolean;
  /** Nobody knows before it runs: a file may be the same one in both. */
  readonly mayBackBeDamaged: boolean;
  /** What somebody has left at names of the release that runs. */
  readonly stands: Shown;
  /** What of that was somebody's own, also before. */
  readonly own: readonly Own[];
  /** The configuration file as the owner wrote it; undefined: as releases bring it. */
  readonly edit: string | undefined;
  /** Of all that were asked for: what is older comes by root's decision alone. */
  readonly newest: string;
}

export interface Consequence {
  /** More than one where the rules leave it open. */
  readonly beliefs: readonly Belief[];
  /** How the transaction ends, or the code with which it is refused. */
  readonly outcome: string;
}

/** What an undisturbed event makes of a device; undefined where it is left out. `bad`: releases that do not answer. */
export function consequence(
  belief: Belief,
  event: Event,
  { first, bad }: { readonly first: string; readonly bad: readonly string[] },
): Consequence | undefined {
  const { kind, version } = event;
  const { runs, backs, keep, isDamaged, mayBackBeDamaged, newest } = belief;
  const leaving = (next: string) =>
    [runs, ...backs].filter((version) => version !== next).slice(0, keep);
  const stays = (outcome: string) => ({ beliefs: [belief], outcome });
  const becomes = (...changes: readonly Partial<Belief>[]) => ({
    beliefs: changes.map((change) => ({ ...belief, ...change })),
    outcome: 'committed',
  });
  switch (kind) {
    case 'install':
      if (version === runs) return stays('already-installed');
      if (bad.includes(version)) return { ...becomes({ stands: {} }), outcome: 'rolled-back' };
      return becomes({
        runs: version,
        backs: leaving(version),
        stands: {},
        isDamaged: false,
        mayBackBeDamaged: isDamaged || (keep > 1 && mayBackBeDamaged),
      });
    case 'fetch':
      if (version === runs) return stays('already-installed');
      if (!isNewer(version, runs)) return stays('downgrade-refused');
      // Whether something newer was seen depends on how far that came.
      return isNewer(newest, version) ? undefined : stays('staged');
    case 'roll-back': {
      const [back] = backs;
      if (back === undefined) return stays('nothing-to-roll-back');
      const swapped = {
        runs: back,
        backs: leaving(back),
        stands: {},
        mayBackBeDamaged: isDamaged || (keep > 1 && mayBackBeDamaged),
      };
      const damages = mayBackBeDamaged ? [false, true] : [false];
      return becomes(...damages.map((damage) => ({ ...swapped, isDamaged: damage })));
    }
    case 'repair':
      // What stood there before the first release is the owner's: it has nothing to be compared with.
      if (runs === first) return undefined;
      if (!hasDrift(belief)) return stays('nothing-to-repair');
      return becomes({ isDamaged: false, stands: {} });
    case 'keep':
      return {
        ...becomes({ keep: event.keep, backs: backs.slice(0, event.keep) }),
        outcome: 'kept',
      };
    case 'edit':
      return becomes({ edit: editOf(event) });
    case 'damage':
      return damaged(belief, event, first);
  }
}

function damaged(belief: Belief, { chance }: Event, first: string): Consequence | undefined {
  const { isInTree, at, shows, own } = deedOf(chance);
  const { runs, stands } = belief;
  // Whoever has put something there leaves it.
  if (runs === first || Object.keys(stands).some((path) => path.startsWith(at) && !isInTree))
    return undefined;
  const change = isInTree
    ? { isDamaged: true, mayBackBeDamaged: true }
    : {
        stands: { ...stands, ...shows },
        own: own === undefined ? belief.own : [...belief.own, own],
      };
  return { beliefs: [{ ...belief, ...change }], outcome: 'damaged' };
}

/** What an audit finds. */
export function hasDrift({ isDamaged, stands }: Belief): boolean {
  return isDamaged || Object.keys(stands).length > 0;
}

/** What no release brings. */
export function editOf({ chance }: Event): string {
  return `edited ${String(chance)}`;
}

export function isNewer(one: string, other: string): boolean {
  return numberOf(one) > numberOf(other);
}

const numberOf = (version: string): number => Number(version.split('.')[1]);
