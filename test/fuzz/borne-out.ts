/**
 * What a device must look like for a belief to be true of it: what each name shows and how it is placed, and what the updater says of
 * itself. Looks at nothing by itself.
 */
import type { Shown, Side } from '../crash/verdict.ts';
import type { Belief, Releases } from './belief.ts';
import { hasDrift } from './device-belief.ts';
import { CONFIG_FILE, CONFIG_TARGET, FOREIGN_FILES, UNIVERSE } from './many-releases.ts';
import { offeredOf } from './offer-belief.ts';
import { isAllPlaced, placedBy, shownBy, type Placed } from './placed.ts';
import type { Told } from './signed-releases.ts';

export interface Facts {
  readonly runs: string | null;
  /** By their links, newest first. */
  readonly backs: readonly string[];
  /** As the status has it. */
  readonly back: string | null;
  readonly keep: number;
  readonly channel: string;
  readonly isDamaged: boolean;
  readonly ready: string | null;
  readonly offered: string | null;
  readonly skipped: string | null;
  readonly told: Told;
}

export function factsOf(belief: Belief, releases: Releases): Facts {
  const { runs, backs, keep, channel, ready, skipped, told } = belief;
  return {
    runs,
    backs,
    back: backs[0] ?? null,
    keep,
    channel,
    isDamaged: hasDrift(belief, releases),
    ready: ready?.version ?? null,
    offered: offeredOf(belief) ?? null,
    skipped: skipped ?? null,
    told,
  };
}

export function sideOf(
  { runs, placed, edit, stands, mine }: Belief,
  { contentsOf }: Pick<Releases, 'contentsOf'>,
): Side {
  const running = contentsOf(runs);
  const texts: Shown = {
    ...Object.fromEntries(FOREIGN_FILES.map(([path, content]) => [path, content])),
    ...Object.fromEntries(shownBy(placed, running)),
    ...Object.fromEntries(mine.map(({ at, path, content }) => [at + path, content])),
    ...Object.fromEntries(shownBy(configsOf(runs, { contentsOf }), running)),
    ...(edit === undefined ? {} : { [CONFIG_FILE]: edit }),
    ...stands,
  };
  const shown = Object.fromEntries(UNIVERSE.map((path) => [path, texts[path]]));
  return { name: runs, version: runs, shown };
}

/** As links or copies; but where somebody has touched it, and of what stood there as it was before the first release. */
export function isAsPlaced(
  { runs, placed, stands, edit }: Belief,
  found: readonly Placed[],
  releases: Pick<Releases, 'contentsOf' | 'first'>,
): boolean {
  const configs = configsOf(runs, releases).filter(
    ({ at }) => edit === undefined || at !== CONFIG_FILE,
  );
  const isTouched = runs === releases.first || Object.keys(stands).length > 0;
  return isTouched || isAllPlaced([...placed, ...configs], found);
}

export const configsOf = (
  version: string,
  { contentsOf }: Pick<Releases, 'contentsOf'>,
): readonly Placed[] => placedBy(contentsOf(version), [CONFIG_TARGET], true);
