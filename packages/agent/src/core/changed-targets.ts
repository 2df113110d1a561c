/** Which targets an update changes, as far as the records of two trees tell: those are whose services must hear of it. */
import { belongsTo, type Target } from './activation-plan.ts';
import { createLinkResolver, namesIn } from './release-links.ts';
import type { TreeRecord } from './tree-record.ts';

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
  const byContent = (path: string): readonly string[] =>
    files
      .filter((file) => file.path === path || file.path.startsWith(`${path}/`))
      .map((file) => `${file.path}\0${file.sha256}\0${String(file.mode)}`);
  return (target) => {
    const own = namesIn({ files, links }).filter(({ path }) => belongsTo(target, path));
    const led = links.filter(({ path }) => belongsTo(target, path));
    return [
      ...own.flatMap(({ path }) => byContent(path)),
      ...led.flatMap((link) => {
        const end = resolve(link);
        return [`${link.path}\0${link.to}`, ...('path' in end ? byContent(end.path) : [])];
      }),
    ]
      .toSorted()
      .join('\n');
  };
}
