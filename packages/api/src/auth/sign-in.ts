/**
 * Puts password, set-up code, throttle and sessions together: the only ways in, the check on each request, and the way
 * out. Every hash, right or wrong, old or new, waits in the same queue.
 */
import { createHash } from 'node:crypto';
import { UpdateError } from '@pikit/protocol';
import { createOneAtATime } from './one-at-a-time.ts';
import { checkPasswordLength } from './password-file.ts';
import { isPassword } from './password.ts';
import type { Origin, SessionId, Sessions, SessionView } from './sessions.ts';
import type { SetUpCode } from './set-up-code.ts';
import type { Throttle } from './throttle.ts';

export interface SignIn {
  /**
   * Returns the token of a new session. Throws `forbidden` (reason `no-password`) when none is set, `unauthenticated`
   * (reason `wrong-password`) and `rate-limited`.
   */
  signIn(password: string, from: Origin): Promise<string>;
  hasPassword(): Promise<boolean>;
  /**
   * Sets the first password and signs in with it. Throws what the code's check does, `forbidden` (reason `password-set`) and
   * `invalid-request` for the length. The code is spent only when the password is on the disk.
   */
  setUp(code: string, password: string, from: Origin): Promise<string>;
  /** Ends every session and returns the token of a new one. Refuses like `signIn`, and a wrong length like `setUp`. */
  changePassword(current: string, password: string, from: Origin): Promise<string>;
  /** The session that the token opens, or undefined. */
  identify(token: string): Promise<SessionId | undefined>;
  signOut(id: SessionId): Promise<void>;
  /** Ends what an earlier password opened: the command line may have set another one meanwhile. */
  endFormer(): Promise<void>;
  /** The sessions of the password that counts now. */
  list(): Promise<readonly SessionView[]>;
}

interface Options {
  readonly readPasswordHash: () => Promise<string | undefined>;
  readonly writePassword: (password: string) => Promise<void>;
  readonly sessions: Sessions;
  readonly setUpCode: SetUpCode;
  readonly throttle: Throttle;
}

const MAX_WAITING_HASHES = 4;

export function createSignIn(options: Options): SignIn {
  const { readPasswordHash, writePassword, sessions, setUpCode, throttle } = options;
  const oneHash = createOneAtATime(MAX_WAITING_HASHES);
  const credentialOf = createCredentials();

  const storedHash = async (): Promise<string> => {
    const stored = await readPasswordHash();
    if (stored === undefined) throw forbidden('no-password');
    return stored;
  };
  /** Returns the hash that it fits. That is read now: while the try waited, another password may have been set. */
  const requirePassword = async (password: string, from: Origin): Promise<string> => {
    const stored = await storedHash();
    if (!(await isPassword(password, stored))) throw wrongPassword(from);
    throttle.succeeded(from.address);
    return stored;
  };
  /** Who finds the queue full has not tried anything. */
  const tryOnce = <T>({ address }: Origin, work: () => Promise<T>): Promise<T> =>
    oneHash(work, () => throttle.attempt(address));
  const open = async (from: Origin): Promise<string> =>
    sessions.create(credentialOf(await storedHash()), from);

  return {
    async signIn(password, from) {
      await storedHash();
      const stored = await tryOnce(from, () => requirePassword(password, from));
      return sessions.create(credentialOf(stored), from);
    },
    hasPassword: async () => (await readPasswordHash()) !== undefined,
    async setUp(code, password, from) {
      checkPasswordLength(password);
      if ((await readPasswordHash()) !== undefined) throw forbidden('password-set');
      // Neither slowed down nor queued: whoever has the code is not kept out by those who guess.
      setUpCode.check(code);
      await oneHash(async () => {
        if ((await readPasswordHash()) !== undefined) throw forbidden('password-set');
        await writePassword(password);
        setUpCode.spend();
        throttle.succeeded(from.address);
      });
      return open(from);
    },
    async changePassword(current, password, from) {
      checkPasswordLength(password);
      await tryOnce(from, async () => {
        await requirePassword(current, from);
        await writePassword(password);
      });
      return open(from);
    },
    async identify(token) {
      const stored = await readPasswordHash();
      return stored === undefined ? undefined : sessions.find(token, credentialOf(stored));
    },
    signOut: (id) => leave(sessions, id),
    async endFormer() {
      const stored = await readPasswordHash();
      // Without a password nobody is in.
      await sessions.endFormer(stored === undefined ? '' : credentialOf(stored));
    },
    async list() {
      const stored = await readPasswordHash();
      return stored === undefined ? [] : sessions.list(credentialOf(stored));
    },
  };
}

async function leave(sessions: Sessions, id: SessionId): Promise<void> {
  try {
    await sessions.end(id);
  } catch {
    // because it counts no more, the register has told the log and tries again, and nobody is to be kept in by a full disk.
  }
}

function wrongPassword({ address }: Origin): UpdateError {
  return new UpdateError('unauthenticated', `wrong password from ${address}`, {
    details: { reason: 'wrong-password' },
  });
}

function forbidden(reason: 'no-password' | 'password-set'): UpdateError {
  return new UpdateError('forbidden', reason.replace('-', ' '), { details: { reason } });
}

/** Ties a session to the password that opened it: a changed password ends them all. Not the hash itself. Asked with each request. */
function createCredentials(): (stored: string) => string {
  let last = { stored: '', credential: '' };
  return (stored) => {
    if (stored !== last.stored) {
      const credential = createHash('sha256').update(stored).digest('hex').slice(0, 16);
      last = { stored, credential };
    }
    return last.credential;
  };
}
