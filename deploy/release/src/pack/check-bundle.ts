/**
 * Reads a bundle that was just made as a device reads it, by the same rules, before anybody can see it: what the agent would
 * refuse is not published. That its files have the right content is known from having written it.
 */
import { UpdateError } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { admit } from '../../../../packages/agent/src/core/entry-policy.ts';
import { namesIn } from '../../../../packages/agent/src/core/release-links.ts';
import { DEFAULT_SIZES } from '../../../../packages/agent/src/core/release-size.ts';
import { createTarGuard, type TarEntry } from '../../../../packages/agent/src/core/tar-guard.ts';
import { writableBy } from './writable-by.ts';

/**
 * How far a device lets an archive expand before it takes it for a bomb: the numbers of the agent's reader, which is not ours
 * to import. A test compares the two.
 */
export const EXPANSION = { freeBytes: 32 * 1024 * 1024, ratio: 200 } as const;

/** Throws `bundle-invalid`, `entry-refused`, `file-missing`, `file-unexpected`, `hash-mismatch`, `too-large`. */
export async function checkBundle(bundle: string, manifest: Manifest): Promise<void> {
  const guard = createTarGuard();
  const list = createChecklist(manifest);
  const gunzip = createGunzip();
  let expanded = 0;
  const reader = writableBy((chunk) => {
    expanded += chunk.length;
    const fair = Math.max(EXPANSION.freeBytes, gunzip.bytesWritten * EXPANSION.ratio);
    const limit = Math.min(DEFAULT_SIZES.unpackedBytes, fair);
    if (expanded > limit) throw tooLarge(limit);
    guard.push(chunk);
    for (let entry = guard.take(); entry !== undefined; entry = guard.take()) list.tick(entry);
  });
  try {
    await pipeline(createReadStream(bundle), gunzip, reader);
  } catch (cause) {
    if (cause instanceof UpdateError) throw cause;
    const text = `the bundle is not a readable tar.gz: ${String(cause)}`;
    throw new UpdateError('bundle-invalid', text, { cause });
  }
  guard.end();
  list.end();
}

function createChecklist(manifest: Manifest) {
  const files = new Map(manifest.files.map((file) => [file.path, file]));
  const links = new Map(manifest.links?.map(({ path, to }) => [path, to]));
  const seen = new Set<string>();
  return {
    tick: (entry: TarEntry): void => {
      const admission = admit(entry, links);
      const { kind } = admission;
      const path = kind === 'ignored' ? 'manifest.json' : admission.path;
      if (kind === 'directory') {
        if (files.has(path) || links.has(path))
          throw failure('entry-refused', path, 'is no directory');
        return;
      }
      if (seen.has(path)) throw failure('entry-refused', path, 'stands in the bundle twice');
      seen.add(path);
      if (kind !== 'file') return;
      const file = files.get(path);
      if (file === undefined)
        throw failure('file-unexpected', path, 'is in the bundle, but not in the manifest');
      if (file.size !== undefined && file.size !== entry.size)
        throw failure('hash-mismatch', path, 'is not what the manifest promises');
    },
    end: (): void => {
      const absent = namesIn(manifest).find(({ path }) => !seen.has(path));
      if (absent === undefined) return;
      throw failure('file-missing', absent.path, 'is in the manifest, but not in the bundle');
    },
  };
}

function failure(
  code: 'entry-refused' | 'file-unexpected' | 'hash-mismatch' | 'file-missing',
  path: string,
  reason: string,
): UpdateError {
  return new UpdateError(code, `${path} ${reason}`, { details: { path, reason } });
}

function tooLarge(limit: number): UpdateError {
  return new UpdateError(
    'too-large',
    `the archive expands like a bomb, beyond ${String(limit)} bytes`,
    {
      details: { limit },
    },
  );
}
