/** How many files differ between two release trees, for the person who has just updated. A link counts as a file. */
import type { ChangedFiles } from '@pikit/protocol';
import type { TreeRecord } from './tree-record.ts';

export function countChanges(before: TreeRecord | undefined, after: TreeRecord): ChangedFiles {
  const old = signatures(before);
  const young = signatures(after);
  let [added, changed, removed] = [0, 0, 0];
  for (const [path, signature] of young) {
    const was = old.get(path);
    if (was === undefined) added += 1;
    else if (was !== signature) changed += 1;
  }
  for (const path of old.keys()) if (!young.has(path)) removed += 1;
  return { added, changed, removed };
}

function signatures(tree: TreeRecord | undefined): ReadonlyMap<string, string> {
  const { files = [], links = [] } = tree ?? {};
  return new Map([
    ...files.map(({ path, sha256, mode }) => [path, `${sha256} ${String(mode)}`] as const),
    ...links.map(({ path, to }) => [path, `-> ${to}`] as const),
  ]);
}
