/**
 * What may happen to a device, and what is believed of it afterwards: the rules of the updater told a second time, in a few lines that
 * know nothing of how the agent keeps them.
 */
import * as fc from 'fast-check';

const KINDS = [
  'install',
  'install',
  'install',
  'fetch',
  'roll-back',
  'repair',
  'damage',
  'edit',
] as const;
const ENDS = ['none', 'none', 'kill', 'cut', 'cancel'] as const;
/** An installation makes about so many calls that change the disk. */
const MOST_CALLS = 260;
const MOST_EVENTS = 14;

export interface Event {
  readonly kind: (typeof KINDS)[number];
  readonly version: string;
  /** What disturbs it, and at which of its calls. */
  readonly end: (typeof ENDS)[number];
  readonly at: number;
  /** Decides what a cut leaves on the disk. */
  readonly chance: number;
}

export const livesWith = (versions: readonly string[]): fc.Arbitrary<readonly Event[]> =>
  fc.array(
    fc.record<Event>({
      kind: fc.constantFrom(...KINDS),
      version: fc.constantFrom(...versions),
      end: fc.constantFrom(...ENDS),
      at: fc.integer({ min: 1, max: MOST_CALLS }),
      chance: fc.nat(),
    }),
    { minLength: 1, maxLength: MOST_EVENTS },
  );

export interface Belief {
  readonly runs: string;
  /** Where a roll-back leads. */
  readonly back: string | null;
  /** A file of the release that runs. */
  readonly isDamaged: boolean;
  /** Nobody knows before it runs: a file may be the same one in both. */
  readonly mayBackBeDamaged: boolean;
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
  const { runs, back, isDamaged, mayBackBeDamaged, newest } = belief;
  const stays = (outcome: string) => ({ beliefs: [belief], outcome });
  const becomes = (...changes: readonly Partial<Belief>[]) => ({
    beliefs: changes.map((change) => ({ ...belief, ...change })),
    outcome: 'committed',
  });
  switch (kind) {
    case 'install':
      if (version === runs) return stays('already-installed');
      if (bad.includes(version)) return stays('rolled-back');
      return becomes({ runs: version, back: runs, isDamaged: false, mayBackBeDamaged: isDamaged });
    case 'fetch':
      if (version === runs) return stays('already-installed');
      if (!isNewer(version, runs)) return stays('downgrade-refused');
      // Whether something newer was seen depends on how far that came.
      return isNewer(newest, version) ? undefined : stays('staged');
    case 'roll-back': {
      if (back === null) return stays('nothing-to-roll-back');
      const swapped = { runs: back, back: runs, mayBackBeDamaged: isDamaged };
      const damages = mayBackBeDamaged ? [false, true] : [false];
      return becomes(...damages.map((damage) => ({ ...swapped, isDamaged: damage })));
    }
    case 'repair':
      // What stood there before the first release is the owner's: it has nothing to be compared with.
      if (runs === first) return undefined;
      return isDamaged ? becomes({ isDamaged: false }) : stays('nothing-to-repair');
    case 'edit':
      return becomes({ edit: editOf(event) });
    case 'damage':
      return runs === first ? undefined : becomes({ isDamaged: true, mayBackBeDamaged: true });
  }
}

/** What no release brings. */
export function editOf({ chance }: Event): string {
  return `edited ${String(chance)}`;
}

export function isNewer(one: string, other: string): boolean {
  return numberOf(one) > numberOf(other);
}

const numberOf = (version: string): number => Number(version.split('.')[1]);
