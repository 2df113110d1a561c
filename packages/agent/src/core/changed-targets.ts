/** Which targets an update changes, as far as the records of two trees tell: those are whose services must hear of it. */
import { belongsTo, type Target } from './activation-plan.ts';
import { createLinkResolver } from './release-links.ts';
import { parentsOf } from './release-path.ts';
import type { TreeRecord } from './tree-record.ts';

/**
 * The targets (their `from`) whose content or modes differ between two trees, also in what their links lead to. A link may lead to
 * thousands of files, and thousands to the same: what changed is looked for from its own end.
 */
export function changedTargets(
  targets: readonly Target[],
  before: TreeRecord | undefined,
  after: TreeRecord | undefined,
): ReadonlySet<string> {
  const [old, young] = [namesOf(before), namesOf(after)];
  const changed = [...new Set([...old.keys(), ...young.keys()])].filter(
    (path) => old.get(path)?.content !== young.get(path)?.content,
  );
  const touched = new Set(changed.flatMap((path) => [path, ...parentsOf(path)]));
  const behind = [...young].flatMap(([path, { end }]) =>
    end !== undefined && touched.has(end) ? [path] : [],
  );
  const all = [...changed, ...behind];
  const isChanged = (target: Target): boolean => all.some((path) => belongsTo(target, path));
  return new Set(targets.filter(isChanged).map(({ from }) => from));
}

interface Named {
  readonly content: string;
  /** Of a link: where it leads in the end. */
  readonly end?: string;
}

/** By their paths. */
function namesOf(tree: TreeRecord | undefined): ReadonlyMap<string, Named> {
  const { files, links = [] } = tree ?? { files: [] };
  const resolve = createLinkResolver({ files, links });
  const names = new Map<string, Named>();
  for (const { path, sha256, mode } of files) names.set(path, { content: `${sha256} ${mode}` });
  for (const link of links) {
    const end = resolve(link);
    names.set(
      link.path,
      'refusal' in end
        ? { content: link.to }
        : { content: `${link.to}\0${end.path}`, end: end.path },
    );
  }
  return names;
}
