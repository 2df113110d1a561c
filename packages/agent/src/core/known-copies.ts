/**
 * What the installed releases have put at each name that holds a copy: a file with just that content is ours, and may be replaced or
 * taken away; any other is the owner's. Touches nothing.
 */
import type { Sha256 } from '@pikit/protocol';
import { planActivation, type Target } from './activation-plan.ts';
import type { TreeRecord } from './tree-record.ts';

/** Device path to the contents that any installed release gave it. */
export type KnownCopies = ReadonlyMap<string, ReadonlySet<Sha256>>;

export function knownCopies(targets: readonly Target[], trees: Iterable<TreeRecord>): KnownCopies {
  const known = new Map<string, Set<Sha256>>();
  for (const tree of trees) {
    const digests = new Map(tree.files.map(({ path, sha256 }) => [path, sha256]));
    const { copies, configs } = planActivation(targets, tree);
    for (const { at, from } of [...copies, ...configs]) {
      const sha256 = digests.get(from);
      if (sha256 !== undefined) known.set(at, (known.get(at) ?? new Set()).add(sha256));
    }
  }
  return known;
}
