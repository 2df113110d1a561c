/** What the filesystem at a path has to give: room, and whether anything can be written there at all. Changes nothing. */
import { constants } from 'node:fs';
import { posix } from 'node:path';
import type { Space } from '../ports.ts';
import { errnoOf, isAbsent } from './disk-failure.ts';
import type { FileSystem } from './file-system.ts';

/** Free room for those who are not root: what ext4 keeps back is not ours. */
export async function spaceAt(fs: FileSystem, hostPath: string, hostRoot: string): Promise<Space> {
  let path = hostPath;
  for (;;) {
    try {
      const real = await fs.realpath(path);
      const { dev } = await fs.stat(real, { bigint: true });
      const { bsize, bavail, files, ffree } = await fs.statfs(real);
      return {
        filesystem: String(dev),
        mount: below(await fs.realpath(hostRoot), await mountOf(fs, real, dev)),
        isReadOnly: await isReadOnly(fs, real),
        freeBytes: bsize * bavail,
        totalInodes: files,
        freeInodes: ffree,
      };
    } catch (error) {
      if (!isAbsent(error) || path === posix.dirname(path)) throw error;
      path = posix.dirname(path);
    }
  }
}

/** A mount that is so, also one of the unit's sandbox. Who may write there otherwise is not asked: root may. */
async function isReadOnly(fs: FileSystem, path: string): Promise<boolean> {
  try {
    await fs.access(path, constants.W_OK);
    return false;
  } catch (error) {
    return errnoOf(error) === 'EROFS';
  }
}

/** The uppermost directory on the same device. The mounts of a sandbox in between are not what a person calls a mount. */
async function mountOf(fs: FileSystem, path: string, device: bigint): Promise<string> {
  const parent = posix.dirname(path);
  if (parent === path || (await fs.stat(parent, { bigint: true })).dev !== device) return path;
  return mountOf(fs, parent, device);
}

function below(root: string, path: string): string {
  if (root === '/') return path;
  return path.startsWith(`${root}/`) ? path.slice(root.length) : '/';
}
