/**
 * The last look before anything is switched: the staged tree is read back from the medium against the manifest; nothing
 * may be missing and nothing may be extra. It ends by writing the tree's record, which later steps rely on.
 */
import { UpdateError } from '@pikit/protocol';
import type { ManifestFile } from '@pikit/protocol/manifest';
import { OWN_DIRECTORY, stagingPath, treeRecordPath } from '../core/layout.ts';
import { modeOf } from '../core/manifest.ts';
import { encodeTreeRecord, type TreeFile } from '../core/tree-record.ts';
import type { Entry } from '../ports.ts';
import type { Step } from './context.ts';
import { readStagedManifest } from './trees.ts';
import { walk } from './walk.ts';

export const verifying: Step = async (context, signal) => {
  const { disk, policy, log } = context;
  const manifest = await readStagedManifest(context, context.record(), policy.limits.manifestBytes);
  const tree = stagingPath(manifest.version);

  const promised = new Map(manifest.files.map((file) => [file.path, file]));
  const files: TreeFile[] = [];
  let cached = 0;
  for await (const { path, entry } of walk(disk, tree)) {
    signal.throwIfAborted();
    if (path.startsWith(`${OWN_DIRECTORY}/`)) continue;
    const file = promised.get(path);
    if (file === undefined) throw wrong('file-unexpected', path, 'is not in the manifest');
    const { sha256, size, fromMedium } = await disk.readBack(`${tree}/${path}`);
    if (!isAsPromised(file, entry) || sha256 !== file.sha256) {
      throw wrong('hash-mismatch', path, 'differs from the manifest after writing');
    }
    if (!fromMedium) cached += 1;
    promised.delete(path);
    files.push({ path, sha256, mode: entry.mode, size });
    context.report({
      filesDone: files.length,
      filesTotal: manifest.files.length,
      bytesDone: 0,
      bytesTotal: 0,
    });
  }
  const [absent] = promised.keys();
  if (absent !== undefined) throw wrong('file-missing', absent, 'is missing after writing');
  log.info(readBackReport(files.length, cached));
  await disk.write(
    treeRecordPath(tree),
    encodeTreeRecord({ version: manifest.version, signedBy: context.record().signedBy, files }),
    0o644,
  );
};

function readBackReport(files: number, cached: number): string {
  if (cached === 0) return `read ${files} files back from the medium`;
  const rest = `${cached} from the kernel's cache, which could not be passed by here`;
  return `read ${files - cached} files back from the medium, ${rest}`;
}

function isAsPromised(file: ManifestFile, entry: Entry): boolean {
  const mode = modeOf(file);
  return entry.kind === 'file' && (mode === undefined || mode === entry.mode);
}

function wrong(
  code: 'file-unexpected' | 'hash-mismatch' | 'file-missing',
  path: string,
  reason: string,
): UpdateError {
  return new UpdateError(code, `${path} ${reason}`, { details: { path, reason } });
}
