/**
 * Asks who vouches for a release, refuses what nobody vouches for, and remembers what signed releases say about keys. It
 * reads keys and record anew each time: a key that the owner has put there counts at once.
 */
import { UpdateError, type Version } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import { KEYS } from '../core/layout.ts';
import { parseManifest } from '../core/manifest.ts';
import { MAX_SIGNATURE_BYTES } from '../core/minisign.ts';
import type { Policy } from '../core/policy.ts';
import { rotate } from '../core/rotation.ts';
import { assertProduct, olderThan } from '../core/selection.ts';
import {
  isSignatureRequired,
  isUnknownKey,
  signatureOf,
  signerOf,
  trustRootOf,
  type Signer,
  type TrustRoot,
} from '../core/trust-root.ts';
import type { Clock, Digest, Disk, ListedRelease, ReleaseSource, SignatureMath } from '../ports.ts';
import type { Store } from './store.ts';

export interface TrustTools {
  readonly source: ReleaseSource;
  readonly policy: Policy;
  readonly disk: Disk;
  readonly digest: Digest;
  readonly signatureMath: SignatureMath;
  readonly clock: Pick<Clock, 'now' | 'isSynchronised'>;
  readonly store: Pick<Store, 'loadTrust' | 'saveTrust' | 'loadHistory'>;
}

/** A key file is a few lines; anything longer is something else. */
const MAX_KEY_BYTES = 4096;

/** `config-invalid` for a key that cannot be read, `state-damaged` for a record that cannot. */
export async function readTrustRoot({
  disk,
  store,
}: {
  readonly disk: Disk;
  readonly store: Pick<Store, 'loadTrust'>;
}): Promise<TrustRoot> {
  const names = await keyNames(disk);
  const files = await Promise.all(
    names.map(async (name) => {
      const path = `${KEYS}/${name}`;
      const isFile = (await disk.lstat(path))?.kind === 'file';
      // What is no file is no key either, and is refused as such.
      const bytes = isFile ? await disk.read(path, MAX_KEY_BYTES) : undefined;
      return { path, text: bytes && new TextDecoder().decode(bytes) };
    }),
  );
  return trustRootOf(files, await store.loadTrust());
}

/**
 * The same without reading a key, because each status asks it: a key that cannot be read counts too. True also where it
 * cannot be told: then nothing unsigned is installed either.
 */
export async function mustBeSigned({
  disk,
  store,
}: Parameters<typeof readTrustRoot>[0]): Promise<boolean> {
  try {
    if ((await keyNames(disk)).length > 0) return true;
    return (await store.loadTrust()).introduced.length > 0;
  } catch (error) {
    if (error instanceof UpdateError) return true;
    throw error;
  }
}

async function keyNames(disk: Disk): Promise<readonly string[]> {
  return (await disk.list(KEYS)).filter((name) => name.endsWith('.pub'));
}

export interface Vouched {
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
  readonly signer: Signer | null;
  /** As it was fetched; undefined where none was asked for. */
  readonly signature: string | undefined;
}

/**
 * Fetches the manifest of a listed release and its signature, and believes it only if it is signed by whom this device
 * trusts, where it trusts anybody. Where its key is unknown, the earlier releases of the list may introduce it. What it says
 * about keys is remembered. Codes of the source, `signature-missing`, `signature-invalid`, `manifest-invalid`.
 */
export async function fetchVouched(
  tools: TrustTools,
  version: Version,
  listed: readonly ListedRelease[],
  signal: AbortSignal,
): Promise<Vouched> {
  const root = await readTrustRoot(tools);
  try {
    return await fetchSigned(tools, root, version, signal);
  } catch (error) {
    if (!isUnknownKey(error)) throw error;
    await learnKeys(tools, version, listed, signal);
    return fetchSigned(tools, await readTrustRoot(tools), version, signal);
  }
}

async function fetchSigned(
  tools: TrustTools,
  root: TrustRoot,
  version: Version,
  signal: AbortSignal,
): Promise<Vouched> {
  const { source, policy, digest, store, signatureMath } = tools;
  const signature = await fetchSignature(tools, root, version, signal);
  const bytes = await source.manifest(version, policy.limits.manifestBytes, signal);
  const claim = { version, manifest: bytes, manifestSha256: digest(bytes), signature };
  // Not even parsed before it is believed.
  const signer = signerOf(root, claim, signatureMath);
  const manifest = parseManifest(bytes, version);
  // What is signed for another product has nothing to say here, least of all about keys.
  assertProduct(manifest, policy.product, signer !== null);
  if (signer !== null) {
    // Once more: the network has taken its time, and somebody else may have written.
    const now = await readTrustRoot(tools);
    const record = rotate(now, manifest, claim.manifestSha256, signer.id);
    if (record !== now.record) await store.saveTrust(record);
  }
  return { bytes, manifest, signer, signature };
}

/** Undefined where none is asked for. Refuses by it alone what it can, so that nobody makes a device fetch manifests in vain. */
async function fetchSignature(
  { source }: TrustTools,
  root: TrustRoot,
  version: Version,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!isSignatureRequired(root)) return undefined;
  const bytes = await source.signature(version, MAX_SIGNATURE_BYTES, signal);
  const text = bytes && new TextDecoder().decode(bytes);
  signatureOf(root, version, text);
  return text;
}

/** So many of the newest earlier releases are asked for the key of a later one. */
const MAX_ASKED = 64;

/** Oldest first, because each may be signed by the key that the one before it has introduced. */
async function learnKeys(
  tools: TrustTools,
  version: Version,
  listed: readonly ListedRelease[],
  signal: AbortSignal,
): Promise<void> {
  for (const release of olderThan(version, listed).slice(-MAX_ASKED)) {
    signal.throwIfAborted();
    try {
      await fetchSigned(tools, await readTrustRoot(tools), release.version, signal);
    } catch (error) {
      // One that is not believed has nothing to say, and hides none of the others.
      if (!isOfThisRelease(error)) throw error;
    }
  }
}

const OF_ONE_RELEASE = new Set([
  'signature-missing',
  'signature-invalid',
  'manifest-invalid',
  'incompatible',
  'no-such-release',
  'too-large',
]);

function isOfThisRelease(error: unknown): boolean {
  return error instanceof UpdateError && OF_ONE_RELEASE.has(error.code);
}
