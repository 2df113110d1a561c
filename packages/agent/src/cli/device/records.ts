/** Reads the updater's own small files as the agent would, but leaves a damaged one where it is: looking changes nothing. */
import { UpdateError } from '@pikit/protocol';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type * as v from 'valibot';
import { parseRecord } from '../../core/record.ts';
import type { Kept } from './facts.ts';

const MAX_BYTES = 4 * 1024 * 1024;

export async function readRecord<S extends v.GenericSchema>(
  root: string,
  path: string,
  schema: S,
): Promise<Kept<v.InferOutput<S>>> {
  const bytes = await readSmall(join(root, path));
  if (bytes === undefined) return { kind: 'absent' };
  if (typeof bytes === 'string') return { kind: 'damaged', reason: bytes };
  try {
    return { kind: 'good', content: parseRecord(bytes, schema, path) };
  } catch (error) {
    if (!(error instanceof UpdateError)) throw error;
    return { kind: 'damaged', reason: String(error.details['reason'] ?? error.code) };
  }
}

/** The bytes; undefined when there is no such file; else why it cannot be read, as errno or in words. */
export async function readSmall(path: string): Promise<Uint8Array | string | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      if (stats.isFIFO()) return 'not a regular file';
      if (stats.size > MAX_BYTES) return 'too large';
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : code;
  }
}
