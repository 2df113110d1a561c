/** What only an operator is told: who holds the lock, which keys count, which release trees lie on the disk. Changes nothing. */
import type { Result } from '@pikit/protocol';
import { isRetired } from '../core/trust-root.ts';
import type { Disk, Lock } from '../ports.ts';
import { currentTree, readAllTrees } from '../steps/trees.ts';
import type { Store } from './store.ts';
import { readTrustRoot } from './trust.ts';

interface Needs {
  readonly disk: Disk;
  readonly lock: Lock;
  readonly store: Pick<Store, 'loadTrust'>;
}

/** Codes of `readTrustRoot`. */
export async function inspect({
  disk,
  lock,
  store,
}: Needs): Promise<Pick<Result<'agent.inspect'>, 'lock' | 'keys' | 'trees'>> {
  const holder = await lock.holder();
  const current = await currentTree(disk);
  const trees = [...(await readAllTrees(disk))].map(([name, { files }]) => ({
    name,
    current: name === current?.name,
    files: files.length,
  }));
  const { keys, record } = await readTrustRoot({ disk, store });
  const known = keys.map(({ id, name }) => ({ id, name, retired: isRetired(record, id) }));
  return { lock: holder ?? null, keys: known, trees };
}
