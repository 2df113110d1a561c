/**
 * Whether a device would take the release in a directory, by the agent's own rules and in its order: who vouches for the
 * manifest, what it says, and then the whole bundle. In two halves, so that nothing large is fetched on a stranger's word.
 */
import type { Sha256, Version } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import { createHash } from 'node:crypto';
import { parseManifest } from '../../../packages/agent/src/core/manifest.ts';
import { assertModest, DEFAULT_SIZES } from '../../../packages/agent/src/core/release-size.ts';
import { rotate } from '../../../packages/agent/src/core/rotation.ts';
import {
  signerOf,
  type Signer,
  type TrustRoot,
} from '../../../packages/agent/src/core/trust-root.ts';
import { checkBundle, type Checked } from './check-bundle.ts';
import { checkPatches } from './check-patches.ts';
import { assertForDevices } from './device-rules.ts';
import { hasPackedManifest } from './packed-manifest.ts';
import { findBundle, readManifestBytes, readSignature, versionIn } from './release-directory.ts';
import { signatureMath } from './signature-math.ts';

/** What is known before the bundle is looked at. */
export interface Papers {
  readonly manifest: Manifest;
  readonly manifestSha256: Sha256;
  readonly isSigned: boolean;
  /** Null where no key was given. */
  readonly signer: Signer | null;
}

export interface CheckedRelease extends Papers, Checked {
  readonly bundleBytes: number;
}

/**
 * `listedAs` is the version by which a source shows it; without one the manifest's own counts. Throws what the agent refuses
 * a release for before it fetches it, and `file-missing`.
 */
export async function checkPapers(
  directory: string,
  root: TrustRoot,
  listedAs?: Version,
): Promise<Papers> {
  const manifestBytes = await readManifestBytes(directory);
  const version = listedAs ?? versionIn(manifestBytes);
  const signature = await readSignature(directory);
  const manifestSha256 = createHash('sha256').update(manifestBytes).digest('hex') as Sha256;
  const claim = { version, manifest: manifestBytes, manifestSha256, signature };
  const signer = signerOf(root, claim, signatureMath);

  const manifest = parseManifest(manifestBytes, version);
  if (signer !== null) rotate(root, manifest, manifestSha256, signer.id);
  const isSigned = signature !== undefined;
  assertForDevices(manifest, {
    isSigned,
    bundleBytes: manifest.bundle?.size ?? 0,
    now: new Date().toISOString(),
  });
  return { manifest, manifestSha256, isSigned, signer };
}

/** Throws `file-missing`, `too-large`, and what `hasPackedManifest`, `checkBundle` and `checkPatches` throw. */
export async function checkContents(directory: string, papers: Papers): Promise<CheckedRelease> {
  const { manifest } = papers;
  await hasPackedManifest(directory, await readManifestBytes(directory));
  const bundle = await findBundle(directory, manifest.version);
  assertModest(manifest, bundle.sizeBytes, { limits: DEFAULT_SIZES, targets: [] });
  const checked = await checkBundle(bundle, manifest);
  await checkPatches(directory, manifest);
  return { ...papers, ...checked, bundleBytes: bundle.sizeBytes };
}
