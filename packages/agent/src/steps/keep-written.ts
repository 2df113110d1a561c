/**
 * Whoever writes into a directory while it is being adopted, or has a file of it open until its program is restarted, writes what the
 * adopted tree does not have. That is kept beside the target, before the directory that made way is removed.
 */
import type { Sha256 } from '@pikit/protocol';
import type { Target } from '../core/activation-plan.ts';
import { counted } from '../core/counted.ts';
import { asidePath, directoryOf, keptPath } from '../core/layout.ts';
import type { StepContext } from './context.ts';
import { digestOf } from './stage-local.ts';
import { readTree } from './trees.ts';
import { walk } from './walk.ts';

type Context = Pick<StepContext, 'disk' | 'log' | 'policy' | 'record'>;

/** Run again after a crash it goes on with what is left. Reads all of such a directory, which is there once in a device's life. */
export async function keepWritten(context: Context): Promise<void> {
  const { disk, policy, record } = context;
  const { adopted, from } = record();
  if (!adopted || from === null) return;
  for (const target of policy.targets) {
    if ((await disk.lstat(asidePath(target.to)))?.kind !== 'directory') continue;
    const tree = await readTree(disk, from.name);
    const digests = new Map(tree?.files.map(({ path, sha256 }) => [path, sha256]));
    await keepOthers(context, target, digests);
  }
}

async function keepOthers(
  { disk, log, record }: Context,
  { from, to }: Target,
  adopted: ReadonlyMap<string, Sha256>,
): Promise<void> {
  const aside = asidePath(to);
  const kept = keptPath(to, record().id);
  const found: string[] = [];
  for await (const { path, entry } of walk(disk, aside)) {
    if (entry.kind !== 'file') continue;
    const sha256 = await digestOf(disk, `${aside}/${path}`);
    if (sha256 !== undefined && adopted.get(`${from}/${path}`) === sha256) continue;
    await disk.makeDirectory(directoryOf(`${kept}/${path}`));
    await disk.rename(`${aside}/${path}`, `${kept}/${path}`);
    found.push(path);
  }
  if (found.length === 0) return;
  const example = found[0] ?? '';
  log.warning(
    `${counted(found.length, 'file')} in ${to}, such as ${example}, changed while it was adopted: kept in ${kept}`,
  );
}
