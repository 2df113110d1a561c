/** `export`: a signed release as one file, for a device that no source reaches. It judges nothing that `verify` judges. */
import { bundleName, MANIFEST_NAME, SIGNATURE_NAME } from '@pikit/protocol';
import { resolve } from 'node:path';
import { directoryOf } from '../arguments.ts';
import type { Command } from '../command.ts';
import { readReleaseFiles, type ReleaseFile } from '../publish/release-files.ts';
import { exportToFile } from '../publish/to-file.ts';

export const exportRelease: Command = {
  name: 'export',
  summary: 'put a signed release into one file, for a device without internet',
  help: `usage: pikit-release export DIR [--out FILE]

DIR holds manifest.json, the bundle and manifest.json.minisig. The page of a device takes FILE under "Install from a file"; the
device must have the maintainer's public key. The same release gives the same bytes.

  --out FILE   default: pikit-<version>.tar; a file that is there stays`,
  options: { out: { type: 'string' } },
  async run({ values, positionals }) {
    const { version, files } = await readReleaseFiles(directoryOf({ positionals }), false);
    const { out } = values;
    const file = resolve(typeof out === 'string' ? out : `pikit-${version}.tar`);
    const wanted = inOrder(files, bundleName(version));
    await exportToFile(wanted, file);
    const assets = wanted.map(({ name, size, sha256 }) => ({ name, size, sha256 }));
    return { document: { version, file, assets }, text: `${version} is in ${file}` };
  },
};

/** What decides comes first. Patches are for whoever asks a server. */
function inOrder(files: readonly ReleaseFile[], bundle: string): readonly ReleaseFile[] {
  return [MANIFEST_NAME, SIGNATURE_NAME, bundle].flatMap((name) =>
    files.filter((file) => file.name === name),
  );
}
