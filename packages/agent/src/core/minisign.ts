/**
 * The two small files of minisign (its man page, "Signature format"): public keys and signatures, from text to values and
 * their check. The arithmetic is the caller's; which keys are believed is `trust-root.ts`. Stricter than minisign where it
 * is lenient: what is not written as minisign writes it is refused.
 */
import { UpdateError } from '@pikit/protocol';

export interface PublicKey {
  /** As minisign shows it: 16 upper-case hexadecimal digits. */
  readonly id: string;
  /** Ed25519, 32 bytes. */
  readonly bytes: Uint8Array;
}

export interface Signature {
  readonly keyId: string;
  /** True: over the BLAKE2b-512 digest of the content (`ED`); false: over the content itself (`Ed`, `minisign -l`). */
  readonly isPrehashed: boolean;
  readonly bytes: Uint8Array;
  readonly trustedComment: string;
  /** Over the signature and the trusted comment, with the same key. */
  readonly globalBytes: Uint8Array;
}

/** The arithmetic that signatures need, from outside. */
export interface SignatureMath {
  /** Ed25519 (RFC 8032); false for anything that is not a signature by this key over this message. */
  readonly verify: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
  /** BLAKE2b, 64 bytes (RFC 7693). */
  readonly blake2b512: (message: Uint8Array) => Uint8Array;
}

/** minisign itself ends comments at 1 KiB and trusted ones at 8 KiB. */
export const MAX_SIGNATURE_BYTES = 16 * 1024;

const ALGORITHM_BYTES = 2;
const ID_BYTES = 8;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** Undefined unless it is a public key: the second line of a `.pub` file, which is how a manifest names one. */
export function parseKeyLine(line: string): PublicKey | undefined {
  const bytes = decodeBase64(line, ALGORITHM_BYTES + ID_BYTES + KEY_BYTES);
  if (bytes === undefined || algorithmOf(bytes) !== 'Ed') return undefined;
  return { id: idOf(bytes), bytes: bytes.slice(ALGORITHM_BYTES + ID_BYTES) };
}

/** The content of a `.pub` file: a comment and the key, or the key alone. */
export function parsePublicKey(text: string): PublicKey | undefined {
  const lines = linesOf(text);
  if (lines.length === 2 && lines[0]?.startsWith(UNTRUSTED) === true) lines.shift();
  const [line, ...rest] = lines;
  return line === undefined || rest.length > 0 ? undefined : parseKeyLine(line);
}

/** The content of a `.minisig` file. Throws `signature-invalid` with `reason`. */
export function parseSignature(text: string): Signature {
  const [untrusted, packed, trusted, global, ...rest] = linesOf(text);
  const isWhole = global !== undefined && rest.length === 0;
  const bytes = decodeBase64(packed ?? '', ALGORITHM_BYTES + ID_BYTES + SIGNATURE_BYTES);
  const globalBytes = decodeBase64(global ?? '', SIGNATURE_BYTES);
  const algorithm = bytes === undefined ? '' : algorithmOf(bytes);
  if (
    !isWhole ||
    untrusted?.startsWith(UNTRUSTED) !== true ||
    trusted?.startsWith(TRUSTED) !== true ||
    bytes === undefined ||
    globalBytes === undefined ||
    !['ED', 'Ed'].includes(algorithm)
  ) {
    throw new UpdateError('signature-invalid', 'not a signature of minisign', {
      details: { reason: 'not a signature' },
    });
  }
  return {
    keyId: idOf(bytes),
    isPrehashed: algorithm === 'ED',
    bytes: bytes.slice(ALGORITHM_BYTES + ID_BYTES),
    trustedComment: trusted.slice(TRUSTED.length),
    globalBytes,
  };
}

/** Whether the key with this id has signed just this content and just this trusted comment. */
export function isSignedBy(
  key: PublicKey,
  content: Uint8Array,
  signature: Signature,
  { verify, blake2b512 }: SignatureMath,
): boolean {
  if (key.id !== signature.keyId) return false;
  const message = signature.isPrehashed ? blake2b512(content) : content;
  const comment = new TextEncoder().encode(signature.trustedComment);
  const whole = new Uint8Array([...signature.bytes, ...comment]);
  return (
    verify(key.bytes, message, signature.bytes) && verify(key.bytes, whole, signature.globalBytes)
  );
}

/** When it was made, ISO 8601, where the trusted comment says it as minisign's own does; nobody can have changed it. */
export function signingTime({ trustedComment }: Signature): string | undefined {
  const seconds = /^timestamp:(\d{1,11})(?:\t|$)/.exec(trustedComment)?.[1];
  return seconds === undefined ? undefined : new Date(Number(seconds) * 1000).toISOString();
}

const UNTRUSTED = 'untrusted comment:';
const TRUSTED = 'trusted comment: ';

/** Lines as minisign reads them: a carriage return before the line break does not count, nor an empty end. */
function linesOf(text: string): string[] {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Strictly: no blanks, no other alphabet, no bits that do not count, just this length. */
function decodeBase64(text: string, length: number): Uint8Array | undefined {
  if (text.length !== Math.ceil(length / 3) * 4 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) {
    return undefined;
  }
  const decoded = atob(text);
  if (decoded.length !== length || btoa(decoded) !== text) return undefined;
  return Uint8Array.from(decoded, (character) => character.charCodeAt(0));
}

function algorithmOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.slice(0, ALGORITHM_BYTES));
}

/** Eight bytes, the least significant first. */
function idOf(bytes: Uint8Array): string {
  const digits = Array.from(bytes.slice(ALGORITHM_BYTES, ALGORITHM_BYTES + ID_BYTES), (byte) =>
    byte.toString(16).padStart(2, '0'),
  );
  return digits.toReversed().join('').toUpperCase();
}
