/** What only an operator is told: who holds the lock, and which release trees lie on the disk. Changes nothing. */
import type { Result } from '@pikit/protocol';
import type { Disk, Lock } from '../ports.ts';
import { currentTree, readAllTrees } from '../steps/trees.ts';

export async function inspect(
  disk: Disk,
  lock: Lock,
): Promise<Pick<Result<'agent.inspect'>, 'lock' | 'trees'>> {
  const holder = await lock.holder();
  const current = await currentTree(disk);
  const trees = [...(await readAllTrees(disk))].map(([name, { files }]) => ({
    name,
    current: name === current?.name,
    files: files.length,
  }));
  return { lock: holder ?? null, trees };
}
