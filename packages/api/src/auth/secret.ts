/**
 * Opaque secrets that a client holds and we do not: 256 random bits, kept as their SHA-256 alone, so that a stolen file opens
 * nothing. Nobody guesses one, so there is nothing to slow down and no need for a slow hash.
 */
import { createHash, randomBytes } from 'node:crypto';

const BYTES = 32;
const FORM = /^[\w-]{43}$/;

export function createSecret(): string {
  return randomBytes(BYTES).toString('base64url');
}

/** Names what the secret opens without opening it, in hexadecimal; undefined when it cannot be one of ours. */
export function idOfSecret(secret: string): string | undefined {
  return FORM.test(secret) ? createHash('sha256').update(secret).digest('hex') : undefined;
}
