/**
 * Puts what a device needs of a release into one file, for a browser to hand over: a flat tar that is not compressed. The same
 * release gives the same bytes, and the file appears whole or not at all.
 */
import { UpdateError } from '@pikit/protocol';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { diskFailure } from '../disk-failure.ts';
import { assertFree } from '../durable-file.ts';
import { paddingOf, TAR_END, tarHeader } from '../pack/tar-writer.ts';
import { withoutRemains } from '../without-remains.ts';
import type { ReleaseFile } from './release-files.ts';
import { syncDirectory } from './release-index.ts';

/** Throws `hash-mismatch`, `no-space`, `write-failed`. */
export async function exportToFile(files: readonly ReleaseFile[], target: string): Promise<void> {
  await assertFree(target);
  const name = `.${basename(target)}.pikit-${randomBytes(3).toString('hex')}`;
  const temporary = join(dirname(target), name);
  try {
    await withoutRemains(temporary, async () => {
      const file = await open(temporary, 'wx', 0o644);
      try {
        for (const one of files) await add(file, one);
        await file.writeFile(TAR_END);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, target);
    });
    await syncDirectory(dirname(target));
  } catch (error) {
    throw diskFailure(error, target);
  }
}

/** All with the same time, the beginning of time: who has made it when stands in the manifest. */
async function add(to: FileHandle, { name, path, size, sha256 }: ReleaseFile): Promise<void> {
  await to.writeFile(tarHeader({ path: name, kind: 'file', mode: 0o644, size }, 0));
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path) as AsyncIterable<Uint8Array>) {
    hash.update(piece);
    await to.writeFile(piece);
  }
  if (hash.digest('hex') !== sha256) {
    throw new UpdateError('hash-mismatch', `${path} changed while it was copied`, {
      details: { path: name },
    });
  }
  await to.writeFile(paddingOf(size));
}
