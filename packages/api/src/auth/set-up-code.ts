/**
 * The one-time code by which the first password is chosen: who can read the device's journal is its owner. It is in memory
 * alone, counts once, for an hour and for a few tries; a restart of the api prints another one. Never in a reply.
 */
import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { UpdateError } from '@pikit/protocol';

export interface SetUpCode {
  /** A new code, for the journal; an earlier one counts no more. */
  issue(): string;
  /** Throws `unauthenticated` (reason `wrong-code`), and `forbidden` (reason `no-code`) when none counts any more. */
  check(code: string): void;
  /** From now on no code counts. */
  spend(): void;
}

/** Without what looks alike: 0 O, 1 I L, U V. */
const LETTERS = '23456789ABCDEFGHJKMNPQRSTWXYZ';
const LENGTH = 8;
const MAX_TRIES = 10;
const LIFE_MS = 60 * 60_000;

/** `now` in milliseconds of a clock that nobody sets. */
export function createSetUpCode(now: () => number): SetUpCode {
  let open:
    { readonly digest: Buffer; readonly issuedAt: number; readonly tries: number } | undefined;
  return {
    issue() {
      const letters = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]);
      const code = letters.join('');
      open = { digest: digestOf(code), issuedAt: now(), tries: 0 };
      return `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`;
    },
    check(code) {
      if (open === undefined || open.tries >= MAX_TRIES || now() - open.issuedAt >= LIFE_MS) {
        throw new UpdateError('forbidden', 'the set-up code is used up or too old', {
          details: { reason: 'no-code' },
        });
      }
      // Counted before the outcome is known.
      open = { ...open, tries: open.tries + 1 };
      if (!timingSafeEqual(digestOf(code), open.digest)) {
        throw new UpdateError('unauthenticated', 'wrong set-up code', {
          details: { reason: 'wrong-code' },
        });
      }
    },
    spend() {
      open = undefined;
    },
  };
}

/** As people type it: small letters, with the hyphen or without. */
function digestOf(code: string): Buffer {
  return createHash('sha256').update(code.toUpperCase().replaceAll(/[\s-]/g, '')).digest();
}
