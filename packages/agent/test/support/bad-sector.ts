/** A file on a bad sector: nobody reads it any more, by whatever name, and what is written anew in its place lies elsewhere. */
import { UpdateError } from '@pikit/protocol';
import type { Disk } from '../../src/ports.ts';

export async function loseSectorOf(disk: Disk, path: string): Promise<void> {
  const honest = { ...disk };
  const inodeOf = async (at: string) => (await honest.lstat(at))?.fingerprint.inode;
  const lost = await inodeOf(path);
  const refuseLost = async (at: string): Promise<void> => {
    if (lost === undefined || (await inodeOf(at)) !== lost) return;
    throw new UpdateError('write-failed', `cannot read ${at}: EIO`, {
      details: { path: at, errno: 'EIO' },
    });
  };
  const read: Disk['read'] = async (at, maxBytes) => {
    await refuseLost(at);
    return honest.read(at, maxBytes);
  };
  const hash: Disk['hash'] = async (at) => {
    await refuseLost(at);
    return honest.hash(at);
  };
  Object.assign(disk, { read, hash });
}
