/**
 * Where the password of a secret key comes from: a file, the environment, or the person at the terminal. Never an argument,
 * which every process of the machine can read; and never into a message.
 */
import { UpdateError } from '@pikit/protocol';
import { readBounded } from './bounded-file.ts';
import type { Arguments } from './command.ts';
import { askHidden, type Terminal } from './hidden-question.ts';
import type { Password } from './signing-key.ts';

export const PASSWORD_OPTIONS = { 'password-file': { type: 'string' } } as const;

export const PASSWORD_HELP = `The password is read from --password-file FILE, else from the environment variable
PIKIT_RELEASE_PASSWORD, else it is asked for on the terminal.`;

/** What minisign reads of one. */
const MAX_PASSWORD_BYTES = 1023;

export interface PasswordPlaces {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Undefined where nobody sits. */
  readonly terminal: Terminal | undefined;
}

/** Of this process. Questions go to stderr, because stdout is for the answer. */
export function ownPlaces(): PasswordPlaces {
  const { env: environment, stdin, stderr } = process;
  return {
    environment,
    terminal: stdin.isTTY ? { input: stdin, output: stderr } : undefined,
  };
}

/**
 * `twice` asks a person once more, for a password that is new. Its `read` throws `config-invalid` for a file that holds no
 * password, `unauthenticated` where there is none to be had or two that differ, `cancelled`.
 */
export function passwordOf(
  { values }: Pick<Arguments, 'values'>,
  { environment, terminal }: PasswordPlaces,
  { twice }: { readonly twice: boolean },
): Password {
  const file = values['password-file'];
  if (typeof file === 'string') return { isGiven: true, read: () => passwordIn(file) };
  const text = environment['PIKIT_RELEASE_PASSWORD'] ?? '';
  // Left in a shell, it is there for every key, also for one that has none.
  if (text !== '') return { isGiven: false, read: () => Promise.resolve(Buffer.from(text)) };
  return { isGiven: false, read: () => askFor(terminal, twice) };
}

async function passwordIn(file: string): Promise<Uint8Array> {
  const bytes = await readBounded(file, MAX_PASSWORD_BYTES + 2);
  if (bytes === undefined) throw unusable(file, 'cannot be read');
  const end = /\r?\n$/.exec(bytes.toString('latin1'))?.[0].length ?? 0;
  const password = bytes.subarray(0, bytes.length - end);
  if (password.length === 0 || password.includes('\n')) throw unusable(file, 'must hold one line');
  return password;
}

async function askFor(terminal: Terminal | undefined, twice: boolean): Promise<Uint8Array> {
  if (terminal === undefined) {
    throw new UpdateError('unauthenticated', `there is no terminal to ask on. ${PASSWORD_HELP}`);
  }
  const questions = ['Password: ', ...(twice ? ['Password (once more): '] : [])];
  const [password = '', again = password] = await askHidden(terminal, questions);
  if (password === again) return Buffer.from(password);
  throw new UpdateError('unauthenticated', 'the two passwords differ');
}

function unusable(file: string, reason: string): UpdateError {
  return new UpdateError('config-invalid', `${file} ${reason}`, {
    details: { file, key: 'password', reason },
  });
}
