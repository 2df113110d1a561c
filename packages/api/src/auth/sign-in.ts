/** Puts password, throttle and sessions together: the only way in, the check on each request, and the way out. */
import { createHash } from 'node:crypto';
import { UpdateError } from '@pikit/protocol';
import { createOneAtATime } from './one-at-a-time.ts';
import { isPassword } from './password.ts';
import type { SessionId, Sessions } from './sessions.ts';
import type { Throttle } from './throttle.ts';

export interface SignIn {
  /**
   * Returns the token of a new session. Throws `forbidden` (reason `no-password`) when none is set, `unauthenticated`
   * (reason `wrong-password`) and `rate-limited`.
   */
  signIn(password: string, address: string): Promise<string>;
  /** The session that the token opens, or undefined. */
  identify(token: string): Promise<SessionId | undefined>;
  signOut(id: SessionId): Promise<void>;
}

interface Options {
  readonly readPasswordHash: () => Promise<string | undefined>;
  readonly sessions: Sessions;
  readonly throttle: Throttle;
}

const MAX_WAITING_HASHES = 4;

export function createSignIn({ readPasswordHash, sessions, throttle }: Options): SignIn {
  const oneHash = createOneAtATime(MAX_WAITING_HASHES);
  return {
    async signIn(password, address) {
      const stored = await readPasswordHash();
      if (stored === undefined) {
        throw new UpdateError('forbidden', 'no password is set', {
          details: { reason: 'no-password' },
        });
      }
      throttle.attempt(address);
      if (!(await oneHash(() => isPassword(password, stored)))) {
        throw new UpdateError('unauthenticated', `wrong password from ${address}`, {
          details: { reason: 'wrong-password' },
        });
      }
      throttle.succeeded(address);
      return sessions.create(credentialOf(stored));
    },
    async identify(token) {
      const stored = await readPasswordHash();
      return stored === undefined ? undefined : sessions.find(token, credentialOf(stored));
    },
    signOut: (id) => sessions.end(id),
  };
}

/** Ties a session to the password that opened it: a changed password ends them all. Not the hash itself. */
function credentialOf(stored: string): string {
  return createHash('sha256').update(stored).digest('hex').slice(0, 16);
}
