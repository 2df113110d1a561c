/**
 * Opaque secrets that a client holds and we do not: 256 random bits, kept as their SHA-256 alone, so that a stolen file opens
 * nothing. Nobody guesses one, so there is nothing to slow down and no need for a slow hash.
 */
import { hash, randomBytes } from 'node:crypto';

const BYTES = 32;
const FORM = /^[\w-]{43}$/;

/** A new one, and the name that goes with it. */
export function createSecret(): { readonly secret: string; readonly id: string } {
  const secret = randomBytes(BYTES).toString('base64url');
  return { secret, id: digestOf(secret) };
}

/** Names what the secret opens without opening it, in hexadecimal; undefined when it cannot be one of ours. */
export function idOfSecret(secret: string): string | undefined {
  return FORM.test(secret) ? digestOf(secret) : undefined;
}

function digestOf(secret: string): string {
  return hash('sha256', secret);
}
