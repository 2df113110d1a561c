/**
 * Publishes into a directory that a web server, an object store or a USB stick carries on: `<version>/` with the files, and
 * the index. A folder appears whole or not at all, and the index names it only when it is there.
 */
import { UpdateError } from '@pikit/protocol';
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { diskFailure, errnoOf } from '../disk-failure.ts';
import { makeDirectory } from '../make-directory.ts';
import { withoutRemains } from '../without-remains.ts';
import { digestOf, type ReleaseFile, type ReleaseFiles } from './release-files.ts';
import { syncDirectory, updateIndex } from './release-index.ts';

/** Answers whether the version is new there. Throws `already-published`, `hash-mismatch`, `no-space`, `write-failed`. */
export async function publishToDirectory(
  { version, files }: ReleaseFiles,
  target: string,
): Promise<boolean> {
  const folder = join(target, version);
  // With a dot and another name, so that no reader takes it for a release.
  const staging = join(target, `.${version}.pikit-${randomBytes(3).toString('hex')}`);
  try {
    await makeDirectory(target);
    const isNew =
      !(await isPlaced(folder, files)) &&
      (await withoutRemains(staging, () => place(folder, staging, files)));
    await updateIndex(target);
    return isNew;
  } catch (error) {
    throw diskFailure(error, target);
  }
}

/** False where there is nothing. Throws `already-published` for a folder that is not just this release. */
async function isPlaced(folder: string, files: readonly ReleaseFile[]): Promise<boolean> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (names === undefined) return false;
  let isSame = names.length === files.length;
  for (const file of isSame ? files : []) {
    isSame &&= names.includes(file.name) && (await holds(folder, file));
  }
  if (isSame) return true;
  throw new UpdateError('already-published', `${folder} holds something else`, {
    details: { reason: `${folder} holds something else` },
  });
}

/** Answers whether it was us: another publisher of the same release may have been faster. */
async function place(
  folder: string,
  staging: string,
  files: readonly ReleaseFile[],
): Promise<boolean> {
  await mkdir(staging);
  for (const file of files) await copyDurably(file, staging);
  // A web server of another user reads it, whatever the umask.
  await chmod(staging, 0o755);
  await syncDirectory(staging);
  try {
    await rename(staging, folder);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(errnoOf(error))) throw error;
    await isPlaced(folder, files);
    return false;
  }
  await syncDirectory(join(folder, '..'));
  return true;
}

async function copyDurably(file: ReleaseFile, folder: string): Promise<void> {
  const copy = join(folder, file.name);
  await copyFile(file.path, copy);
  // To read: it has the mode of the original, which may be closed to writers.
  const opened = await open(copy);
  try {
    await opened.chmod(0o644);
    await opened.sync();
  } finally {
    await opened.close();
  }
  if (await holds(folder, file)) return;
  throw new UpdateError('hash-mismatch', `${file.path} changed while it was copied`, {
    details: { path: file.name },
  });
}

async function holds(folder: string, { name, sha256 }: ReleaseFile): Promise<boolean> {
  return (await digestOf(createReadStream(join(folder, name)))) === sha256;
}
