/**
 * What is believed of offers: what lies ready, what a check found last, what its owner does not want to hear of, and what nobody installs
 * unattended a second time. The rules of the updater told once more; nothing here knows of targets.
 */
import type { Belief, Consequence, Offers } from './belief.ts';
import type { Event } from './life-event.ts';
import { isBeta, isNewer, newerOf } from './version-order.ts';

export const NO_OFFERS: Offers = {
  ready: undefined,
  candidate: undefined,
  skipped: undefined,
  isShown: false,
  held: [],
  unsure: [],
};

/** What is no step forward is none; what was brought in a file may be of any channel. */
export function offeredOf({
  runs,
  ready,
  candidate,
  channel,
  isShown,
}: Belief): string | undefined {
  const brought = ready?.isBrought === true && isShown ? ready.version : undefined;
  const isOfChannel = candidate !== undefined && !(channel === 'stable' && isBeta(candidate));
  const best = newerOf(isOfChannel ? candidate : runs, brought ?? runs);
  return isNewer(best, runs) ? best : undefined;
}

export function isHeldBack({ held, skipped }: Offers, version: string): boolean {
  return held.includes(version) || skipped === version;
}

/** A check of a source that has nothing newer than that one. */
export function checked({ ready }: Offers, version: string): Partial<Offers> {
  const isGone = ready !== undefined && !ready.isBrought && isNewer(ready.version, version);
  return { candidate: version, ready: isGone ? undefined : ready };
}

/** What a fetch or a file leaves. */
export function laidReady({ ready, isShown }: Offers, { kind, version }: Event): Partial<Offers> {
  const isBrought = kind === 'import' || (ready?.version === version && ready.isBrought);
  return { ready: { version, isBrought }, isShown: kind === 'import' || isShown };
}

/** With what follows from what runs now, and from how it ended. */
export function remembered(before: Belief, event: Event, due: Consequence): Consequence {
  return { ...due, beliefs: due.beliefs.map((one) => rememberedOf(before, event, due, one)) };
}

function rememberedOf(
  { runs }: Belief,
  { kind, version }: Event,
  { outcome }: Consequence,
  one: Belief,
): Belief {
  const isInstall = kind === 'install' || kind === 'unattended';
  const isGood = isInstall && outcome === 'committed';
  const left =
    isInstall && outcome === 'rolled-back'
      ? [version]
      : kind === 'roll-back' && outcome === 'committed'
        ? [runs]
        : [];
  return {
    ...one,
    ...stillOf(one),
    held: [...one.held.filter((held) => !(isGood && held === version)), ...left],
    unsure: one.unsure.filter((held) => !(isGood && held === version) && !left.includes(held)),
  };
}

/** What is no step forward any more goes, and so does the wish not to hear of it. */
function stillOf({ runs, ready, skipped }: Belief): Pick<Offers, 'ready' | 'skipped'> {
  return {
    ready: ready !== undefined && isNewer(ready.version, runs) ? ready : undefined,
    skipped: skipped !== undefined && isNewer(skipped, runs) ? skipped : undefined,
  };
}

/**
 * Where it was cut off: another one begun takes away what lies ready, and so does a disk that refuses; and while it ran the wish not to hear
 * of it was at its end.
 */
export function halfOffered(before: Belief, after: Belief, { version }: Event): readonly Belief[] {
  const { runs } = after;
  const ready = [after.ready, stillOf({ ...before, runs }).ready, undefined];
  const { skipped } = stillOf(after);
  const isNewest = skipped === undefined || !isNewer(skipped, version);
  const unsure = [...after.unsure, version, before.runs];
  return ready.flatMap((one) =>
    [skipped, ...(isNewest ? [undefined] : [])].map((skip) => ({
      ...after,
      ready: one,
      skipped: skip,
      unsure,
    })),
  );
}
