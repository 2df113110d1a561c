/** Which targets an update changes, as far as the records of two trees tell: those are whose services must hear of it. */
import { belongsTo, type Target } from './activation-plan.ts';
import { createLinkResolver, type ReleaseLink } from './release-links.ts';
import type { TreeFile, TreeRecord } from './tree-record.ts';

/** The targets (their `from`) whose content or modes differ between two trees, also in what their links lead to. */
export function changedTargets(
  targets: readonly Target[],
  before: TreeRecord | undefined,
  after: TreeRecord | undefined,
): ReadonlySet<string> {
  const [old, young] = [signaturesOf(before), signaturesOf(after)];
  return new Set(targets.filter((target) => old(target) !== young(target)).map(({ from }) => from));
}

function signaturesOf(tree: TreeRecord | undefined): (target: Target) => string {
  const { files, links = [] } = tree ?? { files: [] };
  const resolve = createLinkResolver({ files, links });
  const linesBehind = (link: ReleaseLink): readonly string[] => {
    const end = resolve(link);
    if ('refusal' in end) return [];
    const inside = `${end.path}/`;
    return files
      .filter(({ path }) => path === end.path || path.startsWith(inside))
      .map((file) => lineOf(file));
  };
  return (target) => {
    const isOwn = ({ path }: { readonly path: string }): boolean => belongsTo(target, path);
    return [
      ...files.filter(isOwn).map((file) => lineOf(file)),
      ...links.filter(isOwn).flatMap((link) => [`${link.path}\0${link.to}`, ...linesBehind(link)]),
    ]
      .toSorted()
      .join('\n');
  };
}

const lineOf = ({ path, sha256, mode }: TreeFile): string => `${path}\0${sha256}\0${mode}`;
