/**
 * Whom this device believes: the keys that its owner put there and those that signed releases introduced, without those
 * that were retired. Where there is one, a release without a good signature is none, and nothing switches that off.
 */
import {
  Sha256Schema,
  UpdateError,
  VersionSchema,
  type Sha256,
  type Version,
} from '@pikit/protocol';
import * as v from 'valibot';
import {
  isSignedBy,
  parseKeyLine,
  parsePublicKey,
  parseSignature,
  signingTime,
  type PublicKey,
  type Signature,
  type SignatureMath,
} from './minisign.ts';

const KeyIdSchema = v.pipe(v.string(), v.regex(/^[0-9A-F]{16}$/));

/** The newest release of a channel that a key has vouched for, whether it was installed or not. */
const SeenSchema = v.object({
  version: VersionSchema,
  signedAt: v.nullable(v.string()),
  key: KeyIdSchema,
});
export type Seen = v.InferOutput<typeof SeenSchema>;

/** What signed releases have told this device: kept for ever, as trust.json. */
export const TrustRecordSchema = v.object({
  introduced: v.array(v.object({ key: v.string(), by: KeyIdSchema, version: VersionSchema })),
  /** With the manifest by which a key retired itself: the one that it still vouches for. */
  retired: v.array(v.object({ key: KeyIdSchema, by: v.nullable(Sha256Schema) })),
  seen: v.object({ stable: v.exactOptional(SeenSchema), beta: v.exactOptional(SeenSchema) }),
});
export type TrustRecord = v.InferOutput<typeof TrustRecordSchema>;

export const NOTHING_TOLD: TrustRecord = { introduced: [], retired: [], seen: {} };

interface TrustedKey extends PublicKey {
  /** The name of its file without `.pub`; null where a release introduced it. */
  readonly name: string | null;
}

export interface TrustRoot {
  /** Retired ones too: see `retired`. */
  readonly keys: readonly TrustedKey[];
  readonly record: TrustRecord;
}

export interface KeyFile {
  /** A device path that ends in `.pub`. */
  readonly path: string;
  /** Undefined for what is no file: whom a device trusts is not read through a link. */
  readonly text: string | undefined;
}

/** Throws `config-invalid` with `file`, `key` and `reason`: a key that cannot be read must not be taken for no key. */
export function trustRootOf(files: readonly KeyFile[], record: TrustRecord): TrustRoot {
  const own = files.map(({ path, text }) => {
    if (text === undefined) throw unreadable(path, 'must be a file itself, not a link');
    const key = parsePublicKey(text);
    if (key === undefined) throw unreadable(path, 'must hold a public key of minisign');
    return { ...key, name: path.slice(path.lastIndexOf('/') + 1, -'.pub'.length) };
  });
  const introduced = record.introduced.flatMap(({ key }) => {
    const parsed = parseKeyLine(key);
    return parsed === undefined ? [] : [{ ...parsed, name: null }];
  });
  return { keys: [...own, ...introduced], record };
}

/** True also when every key was retired: then nothing can be installed until the owner puts a new one there. */
export function isSignatureRequired({ keys, record }: TrustRoot): boolean {
  return keys.length > 0 || record.introduced.length > 0;
}

export function isRetired({ retired }: TrustRecord, keyId: string): boolean {
  return retired.some(({ key }) => key === keyId);
}

/** Of a release that is about to be believed. */
export interface Claim {
  readonly version: Version;
  readonly manifest: Uint8Array;
  readonly manifestSha256: Sha256;
  /** The content of its `.minisig`; undefined where there is none. */
  readonly signature: string | undefined;
}

export interface Signer {
  readonly id: string;
  readonly name: string | null;
  /** ISO 8601, as the trusted comment says. */
  readonly signedAt: string | null;
}

/**
 * Who vouches for the manifest; null where no signature is required, because without a key none can be checked. Throws
 * `signature-missing` with `version`, `signature-invalid` with `version`, `key` and `reason`.
 */
export function signerOf(root: TrustRoot, claim: Claim, math: SignatureMath): Signer | null {
  if (!isSignatureRequired(root)) return null;
  const { version } = claim;
  const { signature, known } = signatureOf(root, version, claim.signature);
  const { keyId } = signature;
  if (isRetired(root.record, keyId) && !isLastWord(root.record, keyId, claim.manifestSha256)) {
    throw refused(version, keyId, 'retired key');
  }
  const key = known.find((one) => isSignedBy(one, claim.manifest, signature, math));
  if (key === undefined) throw refused(version, keyId, 'not of this manifest');
  return { id: keyId, name: key.name, signedAt: signingTime(signature) ?? null };
}

/**
 * The signature, and the keys that it may be by: what can be told before the manifest is here. Throws as `signerOf`, for a
 * signature that is missing, none, or by a key that nobody knows.
 */
export function signatureOf(
  { keys }: TrustRoot,
  version: Version,
  text: string | undefined,
): { readonly signature: Signature; readonly known: readonly TrustedKey[] } {
  if (text === undefined) {
    throw new UpdateError('signature-missing', `${version} is not signed, and must be here`, {
      details: { version },
    });
  }
  const signature = parseSignature(text);
  const known = keys.filter(({ id }) => id === signature.keyId);
  if (known.length === 0) throw refused(version, signature.keyId, UNKNOWN_KEY);
  return { signature, known };
}

const UNKNOWN_KEY = 'unknown key';

/** True where another release may introduce the key that is missing. */
export function isUnknownKey(error: unknown): boolean {
  return (
    error instanceof UpdateError &&
    error.code === 'signature-invalid' &&
    error.details['reason'] === UNKNOWN_KEY
  );
}

function isLastWord({ retired }: TrustRecord, keyId: string, manifest: Sha256): boolean {
  return retired.some(({ key, by }) => key === keyId && by === manifest);
}

function refused(version: Version, key: string, reason: string): UpdateError {
  return new UpdateError('signature-invalid', `signature of ${version}: ${reason} ${key}`, {
    details: { version, key, reason },
  });
}

function unreadable(file: string, reason: string): UpdateError {
  return new UpdateError('config-invalid', `${file} ${reason}`, {
    details: { file, key: 'public key', reason },
  });
}
