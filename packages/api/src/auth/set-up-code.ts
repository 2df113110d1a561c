/**
 * The one-time code by which the first password is chosen: who can read the device's journal is its owner. It is in memory
 * alone, counts once and for an hour; a restart of the api prints another one. Never in a reply. Tries are not counted: it is
 * too long to be guessed, and with a limit any stranger could use it up and keep the owner out.
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

/**
 * Without what looks alike: 0 O, 1 I L, U V. Fifteen of them are 72 bits; from 64 on NIST (SP 800-63B, look-up secrets) asks for
 * no limit of tries.
 */
const LETTERS = '23456789ABCDEFGHJKMNPQRSTWXYZ';
const GROUPS = 3;
const GROUP_LENGTH = 5;
const LIFE_MS = 60 * 60_000;

/** `now` in milliseconds of a clock that nobody sets. */
export function createSetUpCode(now: () => number): SetUpCode {
  let open: { readonly digest: Buffer; readonly issuedAt: number } | undefined;
  return {
    issue() {
      const code = Array.from({ length: GROUPS }, randomGroup).join('-');
      open = { digest: digestOf(code), issuedAt: now() };
      return code;
    },
    check(code) {
      if (open === undefined || now() - open.issuedAt >= LIFE_MS) {
        throw new UpdateError('forbidden', 'the set-up code is spent or too old', {
          details: { reason: 'no-code' },
        });
      }
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

function randomGroup(): string {
  return Array.from({ length: GROUP_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

/** As people type it: small letters, with the hyphens or without. */
function digestOf(code: string): Buffer {
  return createHash('sha256').update(code.toUpperCase().replaceAll(/[\s-]/g, '')).digest();
}
