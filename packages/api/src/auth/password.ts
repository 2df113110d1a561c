/**
 * Passwords as scrypt PHC strings (`$scrypt$ln=15,r=8,p=3$salt$hash`, one of OWASP's sets). Slow and 32 MiB each on
 * purpose; who calls it limits how many run at a time.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { UpdateError } from '@pikit/protocol';

interface Cost {
  /** Logarithm of the number of rounds. */
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

const COST: Cost = { ln: 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Bounded, so that a damaged file cannot ask for gigabytes. */
const PHC =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{16,128})\$([A-Za-z0-9+/]{22,128})$/;
const MAX_LN = 18;

export async function hashPassword(password: string, cost: Cost = COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, HASH_BYTES, cost);
  return `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${toBase64(salt)}$${toBase64(hash)}`;
}

export function isPasswordHash(stored: string): boolean {
  return parse(stored) !== undefined;
}

/** Compares in constant time. Throws `config-invalid` when the stored string is not a scrypt hash. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const parsed = parse(stored);
  if (parsed === undefined) throw new UpdateError('config-invalid', 'this is no scrypt hash');
  const { cost, salt, hash: expected } = parsed;
  const actual = await derive(password, salt, expected.length, cost);
  return timingSafeEqual(actual, expected);
}

function parse(stored: string) {
  const [, ln, r, p, salt = '', hash = ''] = PHC.exec(stored) ?? [];
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  // What does not match has no number there, which is not larger than anything.
  if (!(cost.ln >= 1 && cost.ln <= MAX_LN && cost.r >= 1 && cost.p >= 1)) return undefined;
  return { cost, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
}

function derive(
  password: string,
  salt: Uint8Array,
  length: number,
  { ln, r, p }: Cost,
): Promise<Buffer> {
  const rounds = 2 ** ln;
  // Node's default of 32 MiB refuses ln=15: scrypt needs 128·N·r bytes and a little for each p.
  const maxmem = 128 * r * (rounds + p + 2);
  return new Promise((resolve, reject) => {
    // Two keyboards may compose the same letter differently; NFC makes one password of both.
    scrypt(password.normalize('NFC'), salt, length, { N: rounds, r, p, maxmem }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

/** PHC strings use base64 without padding. */
function toBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
