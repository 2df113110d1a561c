/** `inspect`: what a release says about itself. It checks no signature and reads no bundle; that is `verify`'s work. */
import { UpdateError } from '@pikit/protocol';
import { createHash } from 'node:crypto';
import { parseSignature } from '../../../../packages/agent/src/core/minisign.ts';
import type { Command } from '../command.ts';
import { readReleaseDirectory } from '../release-directory.ts';

export const inspect: Command = {
  name: 'inspect',
  summary: 'show what a release says about itself',
  help: `usage: pikit-release inspect DIR

DIR holds manifest.json, the bundle and, if the release is signed, manifest.json.minisig.`,
  options: {},
  async run({ positionals }) {
    const [directory, ...rest] = positionals;
    if (directory === undefined || rest.length > 0) {
      throw new UpdateError('invalid-request', 'name one directory; see --help');
    }
    const { manifest, manifestBytes, signature, bundle, bundleBytes } =
      await readReleaseDirectory(directory);
    const { version, product = null, files, expires = null, patches = [] } = manifest;
    const document = {
      version,
      product,
      expires,
      files: files.length,
      bundle,
      bundleBytes,
      patches,
      manifestSha256: createHash('sha256').update(manifestBytes).digest('hex'),
      signedBy: signature === undefined ? null : parseSignature(signature).keyId,
    };
    const lines = [
      `version   ${version}`,
      `product   ${product ?? 'not named'}`,
      `files     ${String(files.length)}`,
      `bundle    ${String(bundleBytes)} bytes`,
      ...patches.map(({ from, size }) => `patch     ${String(size)} bytes from ${from}`),
      `expires   ${expires ?? 'never'}`,
      `manifest  ${document.manifestSha256}`,
      `signed by ${document.signedBy ?? 'nobody'}${document.signedBy === null ? '' : ' (not checked: see verify)'}`,
    ];
    return { document, text: lines.join('\n') };
  },
};
