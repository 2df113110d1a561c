/**
 * Which old file a new one probably comes from: the one of the same name, else one in the same directory whose name differs
 * only in what a bundler puts into it, the nearest in size. A guess that costs time where it is wrong, and nothing else.
 */

interface Named {
  readonly path: string;
  readonly size?: number;
}

/** Answers with the index of the old file; undefined where nothing is alike. */
export function createPredecessors(old: readonly Named[]): (file: Named) => number | undefined {
  const byPath = new Map(old.map(({ path }, index) => [path, index]));
  const byStem = new Map<string, number[]>();
  for (const [index, { path }] of old.entries()) {
    const stem = stemOf(path);
    const alike = byStem.get(stem);
    if (alike === undefined) byStem.set(stem, [index]);
    else alike.push(index);
  }
  return ({ path, size = 0 }) => {
    const same = byPath.get(path);
    if (same !== undefined) return same;
    const distance = (index: number): number => Math.abs((old[index]?.size ?? 0) - size);
    return byStem.get(stemOf(path))?.toSorted((a, b) => distance(a) - distance(b))[0];
  };
}

/** `assets/index-B3xy_9kQ.js` and `assets/index.abcd1234.js` are both `assets/index.js`; `chunk-ABC.js.map` is no `.js`. */
function stemOf(path: string): string {
  const [, directory = '', name = ''] = /^(.*\/)?([^/]*)$/s.exec(path) ?? [];
  const [, first = '', extension = ''] =
    /^(\.?[^-._]*).*?((?:\.[a-z][a-z\d]{0,4}){0,2})$/is.exec(name) ?? [];
  return `${directory}${first}${extension}`;
}
