/**
 * The two files of ours in a release tree, its manifest and its record, against each other and against the tree's name.
 * One that was torn or has rotted is named, and the other stands in for it as far as it can. Changes nothing.
 */
import { UpdateError, type Version } from '@pikit/protocol';
import { MANIFEST_LIMITS, type Manifest } from '@pikit/protocol/manifest';
import { agrees, type Finding } from '../core/drift.ts';
import {
  manifestPath,
  OWN_MANIFEST,
  OWN_RECORD,
  treeName,
  treeNames,
  treePath,
  treeRecordPath,
  versionOfTree,
  type TreeName,
} from '../core/layout.ts';
import { assertVersion, modeOf, parseAnyManifest } from '../core/manifest.ts';
import {
  MAX_TREE_RECORD_BYTES,
  parseTreeRecord,
  type TreeFile,
  type TreeRecord,
} from '../core/tree-record.ts';
import type { Disk } from '../ports.ts';

export interface OwnFiles {
  /** What the tree should consist of. Undefined when neither file can say. */
  readonly record: TreeRecord | undefined;
  /** The very one that gave the tree its name; undefined too where files were adopted, which never had one. */
  readonly manifest: Manifest | undefined;
  /** Those of the two that cannot be believed, by their paths in the tree. */
  readonly findings: readonly Finding[];
}

type Loaded<T> = { readonly value: T } | { readonly problem: 'missing' | 'changed' };

export async function readOwnFiles(disk: Disk, name: TreeName): Promise<OwnFiles> {
  const version = versionOfTree(name) ?? 'preexisting';
  const loaded = await loadRecord(disk, name);
  const record = 'value' in loaded ? loaded.value : undefined;
  const torn = 'problem' in loaded ? [{ path: OWN_RECORD, problem: loaded.problem }] : [];
  if (version === 'preexisting' || record?.adopted === true) {
    const isNamesake = record === undefined || (await isNamedAfter(disk, name));
    return { record, manifest: undefined, findings: isNamesake ? torn : [ROTTEN_RECORD] };
  }
  const promised = await loadManifest(disk, name, version);
  if ('problem' in promised) {
    const finding = { path: OWN_MANIFEST, problem: promised.problem };
    return { record, manifest: undefined, findings: [finding, ...torn] };
  }
  const manifest = promised.value;
  if (record !== undefined && agrees(record, manifest)) return { record, manifest, findings: [] };
  const standIn = await recordOf(disk, name, manifest);
  return { record: standIn, manifest, findings: torn.length > 0 ? torn : [ROTTEN_RECORD] };
}

const ROTTEN_RECORD: Finding = { path: OWN_RECORD, problem: 'changed' };

/** Adopted files have no manifest: the digest of their record is in the name. */
async function isNamedAfter(disk: Disk, name: TreeName): Promise<boolean> {
  const { sha256 } = await disk.hash(treeRecordPath(treePath(name)));
  return treeName(versionOfTree(name) ?? 'preexisting', sha256) === name;
}

async function loadRecord(disk: Disk, name: TreeName): Promise<Loaded<TreeRecord>> {
  const path = treeRecordPath(treePath(name));
  return orProblem(['state-damaged'], async () => {
    return (await disk.load(path, MAX_TREE_RECORD_BYTES, parseTreeRecord))?.value;
  });
}

async function loadManifest(
  disk: Disk,
  name: TreeName,
  version: Version,
): Promise<Loaded<Manifest>> {
  const path = manifestPath(treePath(name));
  return orProblem(['manifest-invalid'], async () => {
    const loaded = await disk.load(path, MANIFEST_LIMITS.bytes, parseAnyManifest);
    if (loaded === undefined) return undefined;
    const { value, sha256 } = loaded;
    if (treeNames(version, sha256).includes(name)) return assertVersion(value, version);
    throw new UpdateError('manifest-invalid', `${path} did not give ${name} its name`);
  });
}

/** What cannot be read, because of a bad sector or of what was put in its place, is damaged and not absent. */
async function orProblem<T>(
  codes: readonly string[],
  load: () => Promise<T | undefined>,
): Promise<Loaded<T>> {
  try {
    const value = await load();
    return value === undefined ? { problem: 'missing' } : { value };
  } catch (error) {
    const isDamage =
      error instanceof UpdateError && [...codes, 'too-large', 'write-failed'].includes(error.code);
    if (isDamage) return { problem: 'changed' };
    throw error;
  }
}

/** Where the manifest leaves a mode to the archive, the one that stands there is all that is known. */
async function recordOf(disk: Disk, name: TreeName, manifest: Manifest): Promise<TreeRecord> {
  const files: TreeFile[] = [];
  for (const file of manifest.files) {
    const { path, sha256 } = file;
    const entry = await disk.lstat(`${treePath(name)}/${path}`);
    const mode = modeOf(file) ?? (entry?.mode ?? 0o644) & 0o777;
    files.push({ path, sha256, mode, size: file.size ?? entry?.size ?? 0 });
  }
  const { version, links } = manifest;
  return { format: 1, version, files, ...(links === undefined ? {} : { links }) };
}
