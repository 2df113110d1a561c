/** From bytes to a manifest that may be acted on: JSON, schema, and what a schema cannot say. It fetches nothing. */
import { MANIFEST_NAME, UpdateError, type Version } from '@pikit/protocol';
import { ManifestSchema, type Manifest, type ManifestFile } from '@pikit/protocol/manifest';
import * as v from 'valibot';
import { isNamedLikeOurs, OWN_DIRECTORY } from './layout.ts';
import { createLinkResolver } from './release-links.ts';
import { collisionKey, parentsOf, refusalOfLinkText, refusalOfPath } from './release-path.ts';

/** Throws `manifest-invalid` with `where` and `reason`; `expected` is the version under which the source listed it. */
export function parseManifest(bytes: Uint8Array, expected: Version): Manifest {
  return assertVersion(parseAnyManifest(bytes), expected);
}

/** The same whatever its version. Depends on the bytes alone. */
export function parseAnyManifest(bytes: Uint8Array): Manifest {
  const parsed = v.safeParse(ManifestSchema, withoutTagPrefix(parseJson(bytes)));
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw invalid(v.getDotPath(issue) ?? 'manifest', issue.message);
  }
  const manifest = parsed.output;
  checkPaths([...manifest.files, ...(manifest.links ?? [])], manifest.links ?? []);
  checkLinks(manifest);
  return manifest;
}

export function assertVersion(manifest: Manifest, expected: Version): Manifest {
  if (manifest.version === expected) return manifest;
  throw invalid('version', `is ${manifest.version}, but was published as ${expected}`);
}

/** The mode that the manifest asks for, set-uid and its kin included, or undefined where it leaves it to the archive. */
export function modeOf(file: ManifestFile): number | undefined {
  return file.mode === undefined ? undefined : Number.parseInt(file.mode, 8);
}

const SPECIAL = 0o7000;

/** Throws `manifest-invalid` for a file that would lend its owner's rights to anybody, unless a maintainer signed for it. */
export function assertModes(manifest: Manifest, signedBy: string | undefined): void {
  if (signedBy !== undefined) return;
  const file = manifest.files.find((each) => ((modeOf(each) ?? 0) & SPECIAL) !== 0);
  if (file === undefined) return;
  throw invalid(file.path, `mode ${file.mode ?? ''} needs a signature`);
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

function checkPaths(
  names: readonly { readonly path: string }[],
  links: readonly { readonly path: string }[],
): void {
  const seen = new Map<string, string>();
  const directories = new Set<string>();
  for (const { path } of names) {
    const refusal = refusalOfPath(path);
    if (refusal !== undefined) throw invalid(path, refusal);
    if (path === MANIFEST_NAME) throw invalid(path, 'cannot list itself');
    const key = collisionKey(path);
    const isOwn = key === OWN_DIRECTORY || key.startsWith(`${OWN_DIRECTORY}/`);
    if (isOwn || isNamedLikeOurs(key)) throw invalid(path, 'reserved');
    const twin = seen.get(key);
    if (twin !== undefined) throw invalid(path, `listed twice (also as ${twin})`);
    seen.set(key, path);
    // With a directory all above it are there.
    const directory = key.slice(0, Math.max(0, key.lastIndexOf('/')));
    if (directories.has(directory)) continue;
    for (const parent of parentsOf(key)) directories.add(parent);
  }
  for (const [key, path] of seen) {
    if (!directories.has(key)) continue;
    const what = links.some((link) => link.path === path) ? 'link' : 'file';
    throw invalid(path, `is a ${what} and a directory`);
  }
}

function checkLinks(manifest: Manifest): void {
  if (manifest.links === undefined) return;
  const resolve = createLinkResolver(manifest);
  for (const link of manifest.links) {
    const refusal = refusalOfLinkText(link.to);
    if (refusal !== undefined) throw invalid(link.path, `link: ${refusal}`);
    const resolved = resolve(link);
    if ('refusal' in resolved) throw invalid(link.path, `link: ${resolved.refusal}`);
  }
}

function invalid(where: string, reason: string): UpdateError {
  return new UpdateError('manifest-invalid', `manifest refused: ${where}: ${reason}`, {
    details: { where, reason },
  });
}
