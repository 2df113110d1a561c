/**
 * Looks at the served tree while an update runs, as a visitor does: is it the old release, the new one, or something of both?
 * It looks for files that are there in one of them alone, or have another size there; to read them would take too long.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Listing } from './listing.ts';

/** Of each side. More would slow down what is measured. */
const PROBES = 16;

export interface MixtureWatch {
  readonly look: () => void;
  /** How long it was neither, in milliseconds. */
  readonly total: () => number;
}

interface Mark {
  readonly path: string;
  readonly size: number;
}

interface Marks {
  readonly before: readonly Mark[];
  readonly after: readonly Mark[];
}

export function createMixtureWatch(
  live: string,
  { before, after }: Marks,
  now: () => number,
): MixtureWatch {
  const old = spread(before, PROBES);
  const fresh = spread(after, PROBES);
  let total = 0;
  let mixedSince: number | undefined;
  return {
    look: () => {
      const place = statOf(live)?.ino;
      const isThere = ({ path, size }: Mark): boolean => statOf(join(live, path))?.size === size;
      const [olds, news] = [old.map(isThere), fresh.map(isThere)];
      // What was switched while we looked is no mixture: a visitor who asks again finds the new one.
      if (statOf(live)?.ino !== place) return;
      const isOld = olds.every(Boolean) && !news.some(Boolean);
      const isNew = !olds.some(Boolean) && news.every(Boolean);
      const at = now();
      if (mixedSince !== undefined) total += at - mixedSince;
      mixedSince = isOld || isNew ? undefined : at;
    },
    total: () => total,
  };
}

/** By what the two can be told apart, in the order of the names. */
export function differingMarks(one: Listing, other: Listing): Marks {
  return { before: marksOf(one, other), after: marksOf(other, one) };
}

function marksOf(one: Listing, other: Listing): readonly Mark[] {
  return [...one]
    .filter(([path, { size }]) => other.get(path)?.size !== size)
    .map(([path, { size }]) => ({ path, size }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** First and last are among them. */
export function spread<T>(values: readonly T[], count: number): readonly T[] {
  if (values.length <= count) return values;
  const step = (values.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, index) => values[Math.round(index * step)]).filter(
    (value) => value !== undefined,
  );
}

const statOf = (path: string) => statSync(path, { throwIfNoEntry: false });
