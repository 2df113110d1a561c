/** Reads the operator's config file from the machine itself, outside any `--root`. */
import { UpdateError } from '@pikit/protocol';
import { readFile } from 'node:fs/promises';

/** Throws `config-invalid` with `file` and `reason` when it cannot be read. */
export async function readConfigFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new UpdateError('config-invalid', `${path} cannot be read: ${reason}`, {
      cause,
      details: { file: path, key: 'file', reason },
    });
  }
}
