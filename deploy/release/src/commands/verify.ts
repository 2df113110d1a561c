/**
 * `verify`: whether a device would take this release, by the agent's own rules and in its order: who vouches for the manifest,
 * what it says, and then the whole bundle. It writes nothing.
 */
import { UpdateError, type Sha256 } from '@pikit/protocol';
import { createHash } from 'node:crypto';
import { parseManifest } from '../../../../packages/agent/src/core/manifest.ts';
import { rotate } from '../../../../packages/agent/src/core/rotation.ts';
import {
  NOTHING_TOLD,
  signerOf,
  trustRootOf,
  type KeyFile,
} from '../../../../packages/agent/src/core/trust-root.ts';
import { directoryOf, textsOf } from '../arguments.ts';
import { readBounded } from '../bounded-file.ts';
import { checkBundle } from '../check-bundle.ts';
import { checkPatches } from '../check-patches.ts';
import type { Command } from '../command.ts';
import { assertForDevices } from '../device-rules.ts';
import { findBundle, readManifest, readSignature } from '../release-directory.ts';
import { signatureMath } from '../signature-math.ts';

const MAX_KEY_BYTES = 4096;

export const verify: Command = {
  name: 'verify',
  summary: 'whether a device would take a release',
  help: `usage: pikit-release verify DIR [--key FILE.pub]...

Checks the release in DIR as a device does that believes just these keys and has seen nothing before: signature, manifest,
and every byte of the bundle and of the patches. Without --key it is checked whether it is whole, and not who made it.`,
  options: { key: { type: 'string', multiple: true } },
  async run(args) {
    const directory = directoryOf(args);
    const root = trustRootOf(await Promise.all(textsOf(args, 'key').map(readKey)), NOTHING_TOLD);
    const { version, manifestBytes } = await readManifest(directory);
    const signature = await readSignature(directory);
    const manifestSha256 = createHash('sha256').update(manifestBytes).digest('hex') as Sha256;
    const claim = { version, manifest: manifestBytes, manifestSha256, signature };
    const signer = signerOf(root, claim, signatureMath);

    const manifest = parseManifest(manifestBytes, version);
    if (signer !== null) rotate(root, manifest, manifestSha256, signer.id);
    const bundle = await findBundle(directory, version);
    const isSigned = signature !== undefined;
    const now = new Date().toISOString();
    assertForDevices(manifest, { isSigned, bundleBytes: bundle.sizeBytes, now });
    const checked = await checkBundle(bundle, manifest);
    await checkPatches(directory, manifest);
    const document = {
      version,
      product: manifest.product ?? null,
      expires: manifest.expires ?? null,
      signedBy: signer && { keyId: signer.id, signedAt: signer.signedAt },
      files: manifest.files.length,
      links: manifest.links?.length ?? 0,
      spans: checked.spans,
      patches: manifest.patches?.length ?? 0,
      bundleBytes: bundle.sizeBytes,
      unpackedBytes: checked.unpackedBytes,
      manifestSha256,
    };
    const lines = [
      `${version} is whole: ${String(document.files)} files, ${String(checked.spans)} of them with a span that holds it`,
      signer === null
        ? nobody(isSigned)
        : `signed by ${signer.id}, ${signer.signedAt ?? 'nobody knows when'}`,
    ];
    return { document, text: lines.join('\n') };
  },
};

const nobody = (isSigned: boolean): string =>
  isSigned
    ? 'nobody vouches for it: there is a signature, but no --key was given to check it with'
    : 'nobody vouches for it: it is not signed, and a device with a key refuses it';

async function readKey(path: string): Promise<KeyFile> {
  const bytes = await readBounded(path, MAX_KEY_BYTES);
  if (bytes !== undefined) return { path, text: bytes.toString() };
  const reason = 'cannot be read';
  throw new UpdateError('config-invalid', `${path} ${reason}`, {
    details: { file: path, key: 'public key', reason },
  });
}
