/** What is believed of a device, and what it is judged by. Knows no rule. */
import type { Channel } from '@pikit/protocol';
import type { Target } from '../../packages/agent/src/core/activation-plan.ts';
import type { Shown } from '../crash/verdict.ts';
import type { Placed, ReleaseContents } from './placed.ts';
import type { Key, Signed, Told } from './signed-releases.ts';
import type { Own } from './strangers-hands.ts';

export interface Offers {
  /** Fetched to be installed later. */
  readonly ready: { readonly version: string; readonly isBrought: boolean } | undefined;
  /** The newest that the last good check has seen. */
  readonly candidate: string | undefined;
  readonly skipped: string | undefined;
  /** Whether it knows what was brought last well enough to offer it. */
  readonly isShown: boolean;
  /** Failed here, or left again. */
  readonly held: readonly string[];
  /** Nobody can tell of them how what was disturbed has ended. */
  readonly unsure: readonly string[];
}

export interface Belief extends Offers {
  readonly runs: string;
  /** Where roll-backs lead, the next one first. */
  readonly backs: readonly string[];
  /** So many of them at most. */
  readonly keep: number;
  readonly channel: Channel;
  /** A file of the release that runs. */
  readonly isDamaged: boolean;
  /** Nobody knows before it runs: a file may be the same one in both. */
  readonly mayBackBeDamaged: boolean;
  /** As the configuration has them now, not as the last release was placed. */
  readonly targets: readonly Target[];
  readonly placed: readonly Placed[];
  /** Copies of ours that had to make way for something else of ours. */
  readonly aside: readonly string[];
  /** What somebody has left at names of the release that runs. */
  readonly stands: Shown;
  /** The owner's, at names that the release that runs leaves free. */
  readonly mine: readonly Own[];
  /** All that was ever somebody's own, also what had to make way. */
  readonly own: readonly Own[];
  /** The configuration file as the owner wrote it; undefined: as releases bring it. */
  readonly edit: string | undefined;
  readonly told: Told;
  /** That its owner has laid down. */
  readonly keys: readonly Key[];
}

export interface Consequence {
  /** More than one where the rules leave it open. */
  readonly beliefs: readonly Belief[];
  /** How the transaction ends, or the code with which it is refused. */
  readonly outcome: string;
}

export interface Releases extends Pick<Signed, 'refusalOf' | 'afterwards'> {
  /** What stood there before any of them. */
  readonly first: string;
  /** They do not answer. */
  readonly bad: readonly string[];
  readonly contentsOf: (version: string) => ReleaseContents;
}
