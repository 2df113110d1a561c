/** From bytes to a manifest that may be acted on: JSON, schema, and what a schema cannot say. It fetches nothing. */
import { UpdateError, type Version } from '@pikit/protocol';
import { ManifestSchema, type Manifest, type ManifestFile } from '@pikit/protocol/manifest';
import * as v from 'valibot';
import { OWN_DIRECTORY } from './layout.ts';
import { collisionKey, parentsOf, refusalOfPath } from './release-path.ts';

/** Throws `manifest-invalid` with `where` and `reason`; `expected` is the version under which the source listed it. */
export function parseManifest(bytes: Uint8Array, expected: Version): Manifest {
  const parsed = v.safeParse(ManifestSchema, withoutTagPrefix(parseJson(bytes)));
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw invalid(v.getDotPath(issue) ?? 'manifest', issue.message);
  }
  const manifest = parsed.output;
  if (manifest.version !== expected) {
    throw invalid('version', `is ${manifest.version}, but was published as ${expected}`);
  }
  checkPaths(manifest.files);
  return manifest;
}

/** The nine permission bits that the manifest asks for, or undefined where it leaves them to the archive. */
export function modeOf(file: ManifestFile): number | undefined {
  return file.mode === undefined ? undefined : Number.parseInt(file.mode, 8);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new UpdateError('manifest-invalid', 'the manifest is not JSON in UTF-8', {
      cause,
      details: { where: 'manifest', reason: 'not JSON' },
    });
  }
}

/** Maintainers tag `v1.2.0` and copy the tag into the manifest; the `v` is not part of the version. */
function withoutTagPrefix(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || !('version' in document))
    return document;
  const { version } = document;
  return typeof version === 'string'
    ? { ...document, version: version.replace(/^v/, '') }
    : document;
}

function checkPaths(files: readonly ManifestFile[]): void {
  const seen = new Map<string, string>();
  const directories = new Set<string>();
  for (const { path } of files) {
    const refusal = refusalOfPath(path);
    if (refusal !== undefined) throw invalid(path, refusal);
    if (path === 'manifest.json') throw invalid(path, 'cannot list itself');
    const key = collisionKey(path);
    if (key === OWN_DIRECTORY || key.startsWith(`${OWN_DIRECTORY}/`))
      throw invalid(path, 'reserved');
    const twin = seen.get(key);
    if (twin !== undefined) throw invalid(path, `listed twice (also as ${twin})`);
    seen.set(key, path);
    for (const parent of parentsOf(key)) directories.add(parent);
  }
  for (const [key, path] of seen) {
    if (directories.has(key)) throw invalid(path, 'is a file and a directory');
  }
}

function invalid(where: string, reason: string): UpdateError {
  return new UpdateError('manifest-invalid', `manifest refused: ${where}: ${reason}`, {
    details: { where, reason },
  });
}
