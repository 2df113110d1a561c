/** The one password of the dashboard, on the disk as a hash. An absent or empty file means that none is set. */
import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UpdateError } from '@pikit/protocol';
import { isMissing, readSmallFile, writeDurably } from '../durable-file.ts';
import { hashPassword, isPasswordHash } from './password.ts';

const MAX_BYTES = 4096;

/** Counted in characters; the upper bound keeps hashing an enormous one from being an attack. */
export const PASSWORD_LENGTH = { min: 8, max: 1024 } as const;

/** Undefined where none is set. Throws `config-invalid` for a file that a person has to mend. */
export async function readPasswordHash(path: string): Promise<string | undefined> {
  let text: string | undefined;
  try {
    text = (await readSmallFile(path, MAX_BYTES))?.trim();
  } catch (cause) {
    throw unusable(path, 'cannot be read', cause);
  }
  if (text === undefined || text === '') return undefined;
  if (!isPasswordHash(text)) throw unusable(path, 'does not hold the hash of a password');
  return text;
}

function unusable(path: string, reason: string, cause?: unknown): UpdateError {
  const remedy = 'let the user of the api read it, or remove it and run pikit-api set-password';
  return new UpdateError('config-invalid', `${path} ${reason}; ${remedy}`, {
    cause,
    // Told to whoever asks, also without a session: no path.
    details: { key: 'password_file', reason },
  });
}

/** Throws `invalid-request` for one that is too short or too long. */
export function checkPasswordLength(password: string): void {
  const { min, max } = PASSWORD_LENGTH;
  if (password.length >= min && password.length <= max) return;
  throw new UpdateError('invalid-request', `a password has ${min} to ${max} characters`, {
    details: { reason: 'password-length', min, max },
  });
}

/**
 * Writes the hash for the api's user to read. As root it keeps the owner and group of the file that it replaces, or takes
 * those of the directory, because root's own group would lock the api out. Throws as `checkPasswordLength` does, and
 * `write-failed`.
 */
export async function writePassword(path: string, password: string): Promise<void> {
  checkPasswordLength(password);
  const hash = await hashPassword(password);
  const before = await lstat(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  const isRoot = process.getuid?.() === 0;
  const owner = isRoot ? (before ?? (await lstat(dirname(path)))) : undefined;
  try {
    await writeDurably(path, `${hash}\n`, 0o640, owner);
  } catch (cause) {
    throw new UpdateError('write-failed', `${path} cannot be written`, { cause });
  }
}
