/**
 * What may happen to a device, and what is believed of it afterwards: the rules of the updater told a second time, in a few lines that
 * know nothing of how the agent keeps them.
 */
import type { Belief, Consequence, Releases } from './belief.ts';
import { isRecovered } from './disturbance.ts';
import type { Event } from './life-event.ts';
import { checked, isHeldBack, laidReady, offeredOf, remembered } from './offer-belief.ts';
import {
  isAllPlaced,
  isInTheWay,
  isWithin,
  placedBy,
  reconfigured,
  switched,
  type Placed,
} from './placed.ts';
import { havingSeen, keysOf, newestSeen } from './signed-releases.ts';
import { deedOf, ownOf, type Own } from './strangers-hands.ts';
import { torn } from './torn-records.ts';
import { isBeta, isNewer, newerOf } from './version-order.ts';

/** What an undisturbed event makes of a device; undefined where it is left out. */
export function consequence(
  belief: Belief,
  event: Event,
  releases: Releases,
): Consequence | undefined {
  const { kind, version, end } = event;
  // Whatever such a source lists last may be the newest.
  if (kind === 'check' && (end === 'older' || end === 'other')) return undefined;
  if (kind === 'check' && isBeta(version) && belief.channel === 'stable') return undefined;
  if (kind === 'unattended') {
    if (belief.unsure.includes(version)) return undefined;
    if (isHeldBack(belief, version)) return { beliefs: [belief], outcome: 'held-back' };
  }
  const due =
    asked(belief, event, releases) ?? chosen(belief, event) ?? byHand(belief, event, releases);
  return due && remembered(belief, event, due);
}

/** What somebody asks the updater for. */
function asked(belief: Belief, event: Event, releases: Releases): Consequence | undefined {
  const { kind, version } = event;
  const { first, bad } = releases;
  const { runs, backs, keep, isDamaged, mayBackBeDamaged } = belief;
  const refusal = refusalOf(belief, event, releases);
  const heard = releases.afterwards(version, knownFor(belief, event));
  const isBack = isByRoot(belief, event);
  const told = havingSeen(heard, version, { channel: belief.channel, isBack });
  const left = (next: string) => arrived(belief, next, [next], releases);
  const leaving = (next: string) =>
    [runs, ...backs].filter((version) => version !== next).slice(0, keep);
  const stays = (outcome: string) => ({ beliefs: [belief], outcome });
  const becomes = (...changes: readonly Partial<Belief>[]) => ({
    beliefs: changes.map((change) => ({ ...belief, ...change })),
    outcome: 'committed',
  });
  switch (kind) {
    case 'install':
    case 'unattended':
      if (version === runs) return stays('already-installed');
      if (isNewer(runs, version) && !isBack) return stays('downgrade-refused');
      if (refusal !== undefined) return { ...becomes({ told: heard }), outcome: refusal };
      if (bad.includes(version))
        return { ...becomes({ ...undone(belief, event, releases), told }), outcome: 'rolled-back' };
      return becomes({
        runs: version,
        ready: undefined,
        told,
        backs: leaving(version),
        ...left(version),
        isDamaged: false,
        mayBackBeDamaged: isDamaged || (keep > 1 && mayBackBeDamaged),
      });
    case 'fetch':
    case 'import':
      if (version === runs) return stays('already-installed');
      if (!isNewer(version, runs)) return stays('downgrade-refused');
      if (refusal !== undefined) return { ...becomes({ told: heard }), outcome: refusal };
      return { ...becomes({ told, ...laidReady(belief, event) }), outcome: 'staged' };
    case 'roll-back': {
      const [back] = backs;
      if (back === undefined) return stays('nothing-to-roll-back');
      const swapped = {
        runs: back,
        backs: leaving(back),
        ...left(back),
        mayBackBeDamaged: isDamaged || (keep > 1 && mayBackBeDamaged),
      };
      const damages = mayBackBeDamaged ? [false, true] : [false];
      return becomes(...damages.map((damage) => ({ ...swapped, isDamaged: damage })));
    }
    case 'repair':
      // What stood there before the first release is the owner's: it has nothing to be compared with.
      if (runs === first) return undefined;
      if (!hasDrift(belief, releases)) return stays('nothing-to-repair');
      return becomes({ isDamaged: false, ...left(runs) });
    case 'check':
      if (refusal !== undefined) {
        const code = refusal === 'downgrade-refused' ? 'source-outdated' : refusal;
        return { ...becomes({ told: heard }), outcome: code };
      }
      return { ...becomes({ told, ...checked(belief, version) }), outcome: 'checked' };
    default:
      return undefined;
  }
}

/** What its owner decides about what there is already. */
function chosen(belief: Belief, event: Event): Consequence | undefined {
  const { backs, ready } = belief;
  const becomes = (change: Partial<Belief>, outcome: string) => ({
    beliefs: [{ ...belief, ...change }],
    outcome,
  });
  switch (event.kind) {
    case 'keep':
      return becomes({ keep: event.keep, backs: backs.slice(0, event.keep) }, 'kept');
    case 'channel':
      return becomes({ channel: event.channel }, 'chosen');
    case 'skip':
      return becomes({ skipped: offeredOf(belief) }, 'skipped');
    case 'drop':
      return ready && becomes({ ready: undefined }, 'dropped');
    default:
      return undefined;
  }
}

/** With which code it is refused once it was fetched. */
function refusalOf(belief: Belief, event: Event, releases: Releases): string | undefined {
  const { version } = event;
  const known = knownFor(belief, event);
  const seen = newestSeen(belief.told, belief.channel);
  const isOld = isNewer(seen ?? version, version) && !isByRoot(belief, event);
  return releases.refusalOf(version, known) ?? (isOld ? 'downgrade-refused' : undefined);
}

const knownFor = (belief: Belief, { kind }: Event) => ({ ...belief, isAlone: kind === 'import' });

/** Nobody fetches something older for later. */
export function isByRoot(
  { runs, told, channel }: Belief,
  { kind, version, asRoot }: Event,
): boolean {
  const newest = newerOf(newestSeen(told, channel) ?? runs, runs);
  return kind === 'install' && asRoot && isNewer(newest, version);
}

/** What somebody does to it without asking the updater. */
function byHand(belief: Belief, event: Event, releases: Releases): Consequence | undefined {
  const { kind, chance } = event;
  const { stands, targets, mine, own } = belief;
  const becomes = (change: Partial<Belief>) => ({
    beliefs: [{ ...belief, ...change }],
    outcome: 'done',
  });
  if (kind === 'keys') return becomes({ keys: keysOf(chance) });
  if (kind === 'edit') return becomes({ edit: editOf(event) });
  if (kind === 'tear') return becomes(torn(belief, chance));
  if (kind === 'damage') return damaged(belief, event, releases);
  // Whatever is there before the first release becomes a part of what that replaces.
  if (belief.runs === releases.first) return undefined;
  if (kind === 'put') {
    const one = ownOf(chance);
    const isFree = isFreeFor(one, belief);
    return isFree ? becomes({ mine: [...mine, one], own: [...own, one] }) : undefined;
  }
  if (kind !== 'configure') return undefined;
  // What stands there would be somebody's.
  const isTouched = Object.keys(stands).length > 0;
  return isTouched ? undefined : becomes({ targets: reconfigured(targets, chance) });
}

/** What its owner has changed by the time that it is gone on with. */
export function meanwhileOf(
  { runs, targets, keys, stands }: Belief,
  { end, meanwhile, keysMeanwhile }: Event,
  { first }: Releases,
): Pick<Belief, 'targets' | 'keys'> {
  if (!isRecovered(end)) return { targets, keys };
  // As `configure`.
  const isFree = runs !== first && Object.keys(stands).length === 0;
  return {
    targets: meanwhile > 0 && isFree ? reconfigured(targets, meanwhile) : targets,
    keys: keysMeanwhile > 0 ? keysOf(keysMeanwhile) : keys,
  };
}

function isFreeFor({ at, path }: Own, { placed, mine }: Belief): boolean {
  return !(
    placed.some((one) => isInTheWay(one.at, at + path)) || mine.some((other) => other.at === at)
  );
}

/** With that release in its place. `known`: the releases that the device has beside those that it keeps. */
function arrived(
  { runs, backs, targets, placed, mine, aside }: Belief,
  version: string,
  known: readonly string[],
  { first, contentsOf }: Releases,
): Pick<Belief, 'placed' | 'stands' | 'mine' | 'aside'> {
  const installed = [first, runs, ...backs, ...known].map(contentsOf);
  const after = switched(placed, contentsOf(version), installed, targets);
  const wanted = placedBy(contentsOf(version), targets);
  return {
    placed: after.placed,
    aside: [...aside, ...after.aside],
    stands: {},
    mine: mine.filter(({ at, path }) => !wanted.some((one) => isInTheWay(one.at, at + path))),
  };
}

/** Whatever was tried is taken back: what stood in the way of it is aside, and the configuration is the new one. */
export function undone(belief: Belief, { version }: Event, releases: Releases): Belief {
  return { ...belief, ready: undefined, ...arrived(belief, belief.runs, [version], releases) };
}

function damaged(belief: Belief, { chance }: Event, releases: Releases): Consequence | undefined {
  const { isInTree, at, shows, own } = deedOf(chance);
  const { runs, stands, placed } = belief;
  const ours = wantedBy(belief, releases).filter((one) => isWithin(one.at, at));
  const isThere = ours.length > 0 && isAllPlaced(ours, placed);
  // Whoever has put something there leaves it.
  const isTouched = Object.keys(stands).some((path) => path.startsWith(at));
  if (runs === releases.first || (!isInTree && (isTouched || !isThere))) return undefined;
  const change = isInTree
    ? { isDamaged: true, mayBackBeDamaged: true }
    : {
        stands: { ...stands, ...shows },
        own: own === undefined ? belief.own : [...belief.own, own],
      };
  return { beliefs: [{ ...belief, ...change }], outcome: 'damaged' };
}

/** What an audit finds. */
export function hasDrift(belief: Belief, releases: Releases): boolean {
  const { isDamaged, stands, placed } = belief;
  const isPlaced = isAllPlaced(wantedBy(belief, releases), placed);
  return isDamaged || !isPlaced || Object.keys(stands).length > 0;
}

const wantedBy = ({ runs, targets }: Belief, { contentsOf }: Releases): readonly Placed[] =>
  placedBy(contentsOf(runs), targets);

/** What no release brings. */
export function editOf({ chance }: Event): string {
  return `edited ${String(chance)}`;
}
