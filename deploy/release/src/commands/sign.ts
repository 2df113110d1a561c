/** `sign`: a maintainer's word for a release, as `manifest.json.minisig`. It vouches for nothing that a device would refuse. */
import { MANIFEST_NAME, SIGNATURE_NAME, UpdateError } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { parseManifest } from '../../../../packages/agent/src/core/manifest.ts';
import { directoryOf, textOf } from '../arguments.ts';
import { readBounded } from '../bounded-file.ts';
import type { Arguments, Command } from '../command.ts';
import { assertForDevices, assertKeys, doubtsAbout } from '../device-rules.ts';
import { assertFree, placeFile } from '../durable-file.ts';
import { ownPlaces, passwordOf, PASSWORD_HELP, PASSWORD_OPTIONS } from '../password.ts';
import { readManifest } from '../release-directory.ts';
import { openSigningKey, type SigningKey } from '../signing-key.ts';

/** The file is a comment and a line. */
const MAX_KEY_BYTES = 4096;
const MAX_COMMENT_LENGTH = 1000;

export const sign: Command = {
  name: 'sign',
  summary: 'sign a release',
  help: `usage: pikit-release sign DIR --key FILE [--comment TEXT] [--force] [--password-file FILE]

Signs DIR/manifest.json, which names the digest of everything else, into DIR/manifest.json.minisig, with a secret key of
minisign or of keygen. Do it on a machine of your own. TEXT is signed too. --force replaces a signature that is there.
${PASSWORD_HELP}
The time of signing is that of SOURCE_DATE_EPOCH, if it is set.`,
  options: {
    key: { type: 'string' },
    comment: { type: 'string' },
    force: { type: 'boolean' },
    ...PASSWORD_OPTIONS,
  },
  async run(args) {
    const [directory, keyFile] = [directoryOf(args), textOf(args, 'key')];
    const replace = args.values['force'] === true;
    const signature = join(directory, SIGNATURE_NAME);
    const seconds = signingSeconds(process.env['SOURCE_DATE_EPOCH']);
    const comment = trustedComment(seconds, args.values['comment']);
    const { version, manifestBytes } = await readManifest(directory);
    const manifest = parseManifest(manifestBytes, version);
    assertSignable(manifest);
    if (!replace) await assertFree(signature);

    const key = await openKey(keyFile, args);
    assertKeys(manifest, key.id);
    const content = key.sign(manifestBytes, comment);
    await placeFile(signature, content, { mode: 0o644, replace });
    const document = {
      version,
      keyId: key.id,
      signature,
      signedAt: new Date(seconds * 1000).toISOString(),
      trustedComment: comment,
      manifestSha256: createHash('sha256').update(manifestBytes).digest('hex'),
      warnings: doubtsAbout(manifest, key.id),
    };
    const lines = [
      `${version} is signed with ${key.id}: ${signature}`,
      ...document.warnings.map((warning) => `warning: ${warning}`),
    ];
    return { document, text: lines.join('\n') };
  },
};

/** The bundle may be elsewhere: a careful maintainer carries the manifest alone to the machine with the key. */
function assertSignable(manifest: Manifest): void {
  assertForDevices(manifest, {
    isSigned: true,
    bundleBytes: manifest.bundle?.size ?? 0,
    now: new Date().toISOString(),
  });
}

async function openKey(path: string, args: Arguments): Promise<SigningKey> {
  const bytes = await readBounded(path, MAX_KEY_BYTES);
  if (bytes === undefined) {
    const reason = 'cannot be read';
    throw new UpdateError('config-invalid', `${path} ${reason}`, {
      details: { file: path, key: 'secret key', reason },
    });
  }
  return openSigningKey(path, bytes.toString(), passwordOf(args, ownPlaces(), { twice: false }));
}

function signingSeconds(epoch = ''): number {
  if (epoch === '') return Math.floor(Date.now() / 1000);
  if (/^\d{1,10}$/.test(epoch)) return Number(epoch);
  throw new UpdateError('invalid-request', 'SOURCE_DATE_EPOCH must be a number of seconds');
}

/** As minisign writes it, so that a device can tell when it was signed; then the maintainer's own words. */
function trustedComment(seconds: number, words: unknown): string {
  const usual = `timestamp:${String(seconds)}\tfile:${MANIFEST_NAME}\thashed`;
  if (typeof words !== 'string') return usual;
  if (
    /^\S(?:.*\S)?$/su.test(words) &&
    words.length <= MAX_COMMENT_LENGTH &&
    !/\p{C}/u.test(words)
  ) {
    return `${usual}\t${words}`;
  }
  throw new UpdateError(
    'invalid-request',
    `--comment is one line of at most ${String(MAX_COMMENT_LENGTH)} characters`,
  );
}
