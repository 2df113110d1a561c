/**
 * The secret with which a server lets us publish: from a file of the maintainer's or from the environment, never from the
 * command line, where every user of the machine can read it. It leaves this file only as the value returned.
 */
import { UpdateError } from '@pikit/protocol';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

export const TOKEN_VARIABLE = 'PIKIT_RELEASE_TOKEN';

const MAX_BYTES = 4096;
/** One line, such as goes into a header. */
const TOKEN = /^([\x21-\x7e]+)\r?\n?$/;

/** Throws `invalid-request` when there is none, and as `findToken`. */
export async function readToken(...from: Parameters<typeof findToken>): Promise<string> {
  const token = await findToken(...from);
  if (token !== undefined) return token;
  throw new UpdateError('invalid-request', `give a token: --token-file, or ${TOKEN_VARIABLE}`);
}

/** The file comes first; undefined when there is neither. Throws `config-invalid` for what is no token. */
export async function findToken(
  path: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const text = path === undefined ? environment[TOKEN_VARIABLE] : await readPrivateFile(path);
  if (text === undefined || (text === '' && path === undefined)) return undefined;
  const token = TOKEN.exec(text)?.[1];
  if (token !== undefined && text.length <= MAX_BYTES) return token;
  throw refused(path ?? TOKEN_VARIABLE, 'must hold one line of printable letters of ASCII');
}

async function readPrivateFile(path: string): Promise<string> {
  // Without waiting: somebody may have put a pipe there.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (cause: unknown) => {
      throw refused(path, 'cannot be read', cause);
    },
  );
  try {
    // Of the open file: one that is looked at by name could be another one when it is read.
    const stats = await file.stat();
    if (!stats.isFile()) throw refused(path, 'is not a regular file');
    if ((stats.mode & 0o077) !== 0) throw refused(path, `is open to others: chmod 600 ${path}`);
    const buffer = Buffer.alloc(MAX_BYTES + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function refused(where: string, reason: string, cause?: unknown): UpdateError {
  return new UpdateError('config-invalid', `${where} ${reason}`, {
    cause,
    details: { key: where, reason },
  });
}
