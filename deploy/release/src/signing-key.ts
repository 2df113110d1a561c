/**
 * A maintainer's secret key, in the file format of minisign. The only code that ever sees a private key or what a password
 * unlocks: it hands out what can be done with one, never the key itself, and names no secret in an error. It reads and
 * writes no file.
 */
import { UpdateError } from '@pikit/protocol';
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  randomBytes,
  scrypt,
  sign,
  type ScryptOptions,
} from 'node:crypto';
import { promisify } from 'node:util';
import { blake2b } from './blake2b.ts';

export interface SigningKey {
  /** As minisign shows it: 16 upper-case hexadecimal digits. */
  readonly id: string;
  /** Its public half as a manifest names it: the second line of the public file. */
  readonly publicLine: string;
  /** The content of a `.minisig` file for this content, prehashed. */
  readonly sign: (content: Uint8Array, trustedComment: string) => string;
  /** The content of a secret key file. Without a password whoever has the file has the key. */
  readonly seal: (password: Uint8Array | undefined, cost?: Cost) => Promise<string>;
}

export interface Password {
  /** Said to be the one of this key, so that a key without any is a mistake. */
  readonly isGiven: boolean;
  readonly read: () => Promise<Uint8Array>;
}

/** What a guess at the password costs, as libsodium counts it. */
export interface Cost {
  readonly operations: number;
  readonly memoryBytes: number;
}

/** libsodium's "sensitive", which minisign takes: 1 GiB and some seconds. No file may ask for more. */
export const MINISIGN_COST: Cost = { operations: 2 ** 25, memoryBytes: 2 ** 30 };

/** Where things are in the file's second line; from `body` on it may be encrypted. */
const AT = { kdf: 2, checksumKind: 4, salt: 6, operations: 38, memory: 46, body: 54 } as const;
/** In the body: the id, the seed and the public half (together RFC 8032's secret key of 64 bytes), the checksum. */
const ID_BYTES = 8;
const HALF_BYTES = 32;
const SIGNED_BYTES = ID_BYTES + 2 * HALF_BYTES;
const CHECKSUM_BYTES = 32;
const BODY_BYTES = SIGNED_BYTES + CHECKSUM_BYTES;

const SIGNATURE = 'Ed';
const CHECKSUM = 'B2';
const SCRYPT = 'Sc';
const NO_KDF = '\0\0';

/** The fixed beginning of an Ed25519 private key in DER (RFC 8410, section 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

export function createSigningKey(): SigningKey {
  return signingKeyOf(randomBytes(ID_BYTES), randomBytes(HALF_BYTES)).key;
}

/**
 * Throws `config-invalid` with `file`, `key` and `reason` for what is no secret key, a damaged one, or one that asks for more
 * than minisign does; `unauthenticated` with `file` and `reason` for a wrong password, `invalid-request` for one that is given and not needed.
 */
export async function openSigningKey(
  path: string,
  text: string,
  password: Password,
): Promise<SigningKey> {
  const bytes = bytesOf(text);
  const kindAt = (at: number) => bytes?.toString('latin1', at, at + 2) ?? '';
  const isKnown = [SCRYPT, NO_KDF].includes(kindAt(AT.kdf));
  if (bytes === undefined || !isKnown || kindAt(0) + kindAt(AT.checksumKind) !== 'EdB2') {
    throw unreadable(path, 'must hold a secret key of minisign');
  }
  const body = bytes.subarray(AT.body);
  if (kindAt(AT.kdf) === SCRYPT) {
    const cost = costIn(path, bytes);
    xor(body, await streamOf(await password.read(), bytes.subarray(AT.salt, AT.operations), cost));
    if (!checksumOf(body).equals(body.subarray(SIGNED_BYTES))) {
      const reason = 'wrong password, or a damaged file';
      throw new UpdateError('unauthenticated', `${path}: ${reason}`, {
        details: { file: path, reason },
      });
    }
  } else if (password.isGiven) {
    throw new UpdateError('invalid-request', `${path} has no password, but one was given`);
  }
  const [seedEnd, publicEnd] = [ID_BYTES + HALF_BYTES, ID_BYTES + 2 * HALF_BYTES];
  const { key, publicHalf } = signingKeyOf(
    body.subarray(0, ID_BYTES),
    body.subarray(ID_BYTES, seedEnd),
  );
  // Without a password minisign writes no checksum; this is what tells a damaged file then.
  if (publicHalf.equals(body.subarray(seedEnd, publicEnd))) return key;
  throw unreadable(path, 'is damaged: the halves of the key do not belong together');
}

function signingKeyOf(keyId: Buffer, seed: Buffer): { key: SigningKey; publicHalf: Buffer } {
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicHalf = createPublicKey(privateKey)
    .export({ format: 'der', type: 'spki' })
    .subarray(-HALF_BYTES);
  const key: SigningKey = {
    id: Buffer.from(keyId.toReversed()).toString('hex').toUpperCase(),
    publicLine: Buffer.concat([Buffer.from(SIGNATURE), keyId, publicHalf]).toString('base64'),
    sign(content, trustedComment) {
      const message = createHash('blake2b512').update(content).digest();
      const signature = sign(null, message, privateKey);
      const whole = Buffer.concat([signature, Buffer.from(trustedComment)]);
      return fileOf(
        'untrusted comment: signature from minisign secret key',
        Buffer.concat([Buffer.from('ED'), keyId, signature]).toString('base64'),
        `trusted comment: ${trustedComment}`,
        sign(null, whole, privateKey).toString('base64'),
      );
    },
    seal: (password, cost = MINISIGN_COST) =>
      sealed(Buffer.concat([keyId, seed, publicHalf]), password, cost),
  };
  return { key, publicHalf };
}

async function sealed(
  signed: Buffer,
  password: Uint8Array | undefined,
  cost: Cost,
): Promise<string> {
  const head = Buffer.alloc(AT.body);
  const body = Buffer.concat([signed, checksumOf(signed)]);
  head.write(SIGNATURE + (password === undefined ? NO_KDF : SCRYPT) + CHECKSUM, 'latin1');
  if (password !== undefined) {
    const salt = randomBytes(AT.operations - AT.salt);
    head.set(salt, AT.salt);
    head.writeBigUInt64LE(BigInt(cost.operations), AT.operations);
    head.writeBigUInt64LE(BigInt(cost.memoryBytes), AT.memory);
    xor(body, await streamOf(password, salt, cost));
  }
  const kind = password === undefined ? 'secret key' : 'encrypted secret key';
  return fileOf(
    `untrusted comment: minisign ${kind}`,
    Buffer.concat([head, body]).toString('base64'),
  );
}

const fileOf = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;

/** Undefined unless it is a comment and one line of base64 of just the right length. */
function bytesOf(text: string): Buffer | undefined {
  const [comment = '', line = '', ...rest] = text.replaceAll('\r\n', '\n').split('\n');
  if (!comment.startsWith('untrusted comment:') || rest.join('') !== '') return undefined;
  const bytes = Buffer.from(line, 'base64');
  const isWhole = bytes.length === AT.body + BODY_BYTES && bytes.toString('base64') === line;
  return isWhole ? bytes : undefined;
}

function costIn(path: string, bytes: Buffer): Cost {
  const cost = {
    operations: Number(bytes.readBigUInt64LE(AT.operations)),
    memoryBytes: Number(bytes.readBigUInt64LE(AT.memory)),
  };
  const { operations, memoryBytes } = MINISIGN_COST;
  if (cost.operations > operations || cost.memoryBytes > memoryBytes) {
    throw unreadable(path, 'asks for more memory or time than minisign does');
  }
  return cost;
}

/** As libsodium's crypto_pwhash_scryptsalsa208sha256 chooses them from its two limits. */
function scryptParameters({ operations, memoryBytes }: Cost): { N: number; r: number; p: number } {
  const r = 8;
  const steps = Math.max(operations, 32_768);
  const isBoundByTime = steps < Math.floor(memoryBytes / 32);
  const most = isBoundByTime ? steps / (r * 4) : memoryBytes / (r * 128);
  const log2 = Math.max(1, Math.floor(Math.log2(Math.max(1, Math.floor(most)))));
  const N = 2 ** log2;
  return { N, r, p: isBoundByTime ? 1 : Math.floor(Math.floor(steps / 4 / N) / r) };
}

const derive = promisify<Uint8Array, Uint8Array, number, ScryptOptions, Buffer>(scrypt);

function streamOf(password: Uint8Array, salt: Uint8Array, cost: Cost): Promise<Buffer> {
  const { N, r, p } = scryptParameters(cost);
  const maxmem = 128 * r * (N + p + 2);
  return derive(password, salt, BODY_BYTES, { N, r, p, maxmem });
}

function xor(body: Buffer, stream: Buffer): void {
  for (const [index, byte] of stream.entries()) body[index] = (body[index] ?? 0) ^ byte;
}

function checksumOf(body: Buffer): Buffer {
  const signed = Buffer.concat([Buffer.from(SIGNATURE), body.subarray(0, SIGNED_BYTES)]);
  return Buffer.from(blake2b(signed, CHECKSUM_BYTES));
}

function unreadable(file: string, reason: string): UpdateError {
  return new UpdateError('config-invalid', `${file} ${reason}`, {
    details: { file, key: 'secret key', reason },
  });
}
