/** Whose device it is: root's, or that of whoever a sandbox belongs to. Nobody else is let at it. Changes nothing. */
import { UpdateError } from '@pikit/protocol';
import { stat } from 'node:fs/promises';

interface Caller {
  readonly root: string;
  readonly uid: number;
}

/**
 * The owner. Throws `invalid-request` where there is no such sandbox, and `forbidden` for who is neither they nor root; `may`: what is
 * refused them.
 */
export async function ownerFor({ root, uid }: Caller, may: string): Promise<number> {
  const owner = await ownerOf(root);
  if (uid === 0 || uid === owner) return owner;
  const whose =
    root === '/' ? 'only root may' : `${root} is another user's: only they and root may`;
  throw new UpdateError('forbidden', `${whose} ${may}`);
}

async function ownerOf(root: string): Promise<number> {
  const found = await stat(root).catch(() => undefined); // because it is told below
  if (found?.isDirectory() === true) return found.uid;
  throw new UpdateError('invalid-request', `${root} is no directory, and --root names a sandbox`);
}
