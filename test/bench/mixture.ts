/**
 * Looks at the served tree while an update runs, as a visitor does: is it the old release, the new one, or something of both?
 * Files that changed have other names, so names are enough.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Of each side. More would slow down what is measured. */
const PROBES = 16;

export interface MixtureWatch {
  readonly look: () => void;
  /** How long it was neither, in milliseconds. */
  readonly total: () => number;
}

interface Names {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export function createMixtureWatch(
  live: string,
  { before, after }: Names,
  now: () => number,
): MixtureWatch {
  const old = spread(before, PROBES);
  const fresh = spread(after, PROBES);
  let total = 0;
  let mixedSince: number | undefined;
  return {
    look: () => {
      const place = identityOf(live);
      const isThere = (name: string): boolean => existsSync(join(live, name));
      const [olds, news] = [old.map(isThere), fresh.map(isThere)];
      // What was switched while we looked is no mixture: a visitor who asks again finds the new one.
      if (identityOf(live) !== place) return;
      const isOld = olds.every(Boolean) && !news.some(Boolean);
      const isNew = !olds.some(Boolean) && news.every(Boolean);
      const at = now();
      if (mixedSince !== undefined) total += at - mixedSince;
      mixedSince = isOld || isNew ? undefined : at;
    },
    total: () => total,
  };
}

/** What is only in one of the two, in the order of the names. */
export function differingNames(one: readonly string[], other: readonly string[]): Names {
  const [first, second] = [new Set(one), new Set(other)];
  return {
    before: one.filter((name) => !second.has(name)).toSorted(),
    after: other.filter((name) => !first.has(name)).toSorted(),
  };
}

/** First and last are among them. */
export function spread<T>(values: readonly T[], count: number): readonly T[] {
  if (values.length <= count) return values;
  const step = (values.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, index) => values[Math.round(index * step)]).filter(
    (value) => value !== undefined,
  );
}

/** Of the directory that is served now. */
function identityOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}
