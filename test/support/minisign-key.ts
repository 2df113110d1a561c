/**
 * A maintainer's key for tests: signs as the `minisign` program does, from its documented format and not with
 * the product's code, so that a fault there cannot hide itself. Secret keys live in memory alone.
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface SigningOptions {
  /** Signs the content itself, as minisign did before 0.6 and does with `-l`. */
  readonly legacy?: boolean;
  /** Default: as minisign writes it, with the time of signing in seconds. */
  readonly trustedComment?: string;
  /** For the default comment. Default now. */
  readonly signedAt?: Date;
}

export interface MinisignKey {
  /** As minisign shows it: 16 upper-case hexadecimal digits. */
  readonly id: string;
  /** The content of a `.pub` file. */
  readonly publicFile: string;
  /** Its second line alone, as a manifest names a key. */
  readonly publicLine: string;
  /** The content of a `.minisig` file. */
  sign(content: Uint8Array | string, options?: SigningOptions): string;
}

/** A key that nobody has seen before. */
export function createMinisignKey(): MinisignKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const keyId = randomBytes(8);
  const publicLine = Buffer.concat([Buffer.from('Ed'), keyId, raw]).toString('base64');
  const id = Buffer.from(keyId.toReversed()).toString('hex').toUpperCase();
  return {
    id,
    publicLine,
    publicFile: `untrusted comment: minisign public key ${id}\n${publicLine}\n`,
    sign(content, { legacy = false, trustedComment, signedAt = new Date() } = {}) {
      const bytes = Buffer.from(content);
      const message = legacy ? bytes : createHash('blake2b512').update(bytes).digest();
      const signature = sign(null, message, privateKey);
      const seconds = Math.floor(signedAt.getTime() / 1000);
      const comment = trustedComment ?? `timestamp:${String(seconds)}\tfile:manifest.json`;
      const whole = Buffer.concat([signature, Buffer.from(comment)]);
      const lines = [
        'untrusted comment: signature from minisign secret key',
        Buffer.concat([Buffer.from(legacy ? 'Ed' : 'ED'), keyId, signature]).toString('base64'),
        `trusted comment: ${comment}`,
        sign(null, whole, privateKey).toString('base64'),
      ];
      return `${lines.join('\n')}\n`;
    },
  };
}
