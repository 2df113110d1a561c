/**
 * Slows password guessing down: a delay per address that doubles with each failure, and one bucket for all addresses
 * together against many machines. Where somebody got in before, that bucket does not count: whoever empties it, to keep the
 * owner out, would have to have signed in from the owner's place. In memory only; a restart forgives, which costs an attacker
 * more than it gives, and of the places knows those again where somebody is signed in.
 */
import { UpdateError } from '@pikit/protocol';

export interface Throttle {
  /** Counts a try before its outcome is known, so that parallel tries cannot slip past. Throws `rate-limited`. */
  attempt(address: string): void;
  /** The try was right: forget the failures of this address, and remember that it is the owner's. */
  succeeded(address: string): void;
}

const FREE_TRIES = 5;
const FIRST_DELAY_MS = 1000;
const MAX_DELAY_MS = 5 * 60_000;
/** An address that was quiet for so long starts anew. */
const FORGET_MS = 60 * 60_000;
const MAX_ADDRESSES = 1000;

const BUCKET_SIZE = 20;
const REFILL_MS = 10_000;

interface Failures {
  readonly count: number;
  readonly at: number;
}

/** `now` in milliseconds of a clock that nobody sets; `known`: where somebody got in before. */
export function createThrottle(now: () => number, known: Iterable<string> = []): Throttle {
  const failures = new Map<string, Failures>();
  const trusted = new Set(known);
  let tokens = BUCKET_SIZE;
  let filledAt = now();

  const refill = (): void => {
    tokens = Math.min(BUCKET_SIZE, tokens + (now() - filledAt) / REFILL_MS);
    filledAt = now();
  };

  const takeToken = (): void => {
    refill();
    if (tokens < 1) throw limited((1 - tokens) * REFILL_MS);
    tokens -= 1;
  };

  const recent = (address: string): Failures | undefined => {
    const entry = failures.get(address);
    if (entry === undefined || now() - entry.at > FORGET_MS) return undefined;
    return entry;
  };

  return {
    attempt(address) {
      const entry = recent(address);
      if (entry !== undefined) {
        const waitMs = entry.at + delayAfter(entry.count) - now();
        if (waitMs > 0) throw limited(waitMs);
      }
      if (!trusted.has(address)) takeToken();
      // Deleting first moves the address to the end: the map's order is then the order of last use.
      failures.delete(address);
      failures.set(address, { count: (entry?.count ?? 0) + 1, at: now() });
      forgetOldest(failures);
    },
    succeeded(address) {
      failures.delete(address);
      if (!trusted.delete(address)) tokens = Math.min(BUCKET_SIZE, tokens + 1);
      trusted.add(address);
      forgetOldest(trusted);
    },
  };
}

/** Both kinds of collection keep the order of insertion. */
function forgetOldest(addresses: Map<string, unknown> | Set<string>): void {
  const [oldest] = addresses.keys();
  if (addresses.size > MAX_ADDRESSES && oldest !== undefined) addresses.delete(oldest);
}

/** How long an address waits after its n-th failure in a row, in milliseconds. */
export function delayAfter(count: number): number {
  if (count < FREE_TRIES) return 0;
  return Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (count - FREE_TRIES));
}

function limited(waitMs: number): UpdateError {
  return new UpdateError('rate-limited', 'too many sign-ins', {
    details: { retryAfterSeconds: Math.ceil(waitMs / 1000) },
  });
}
