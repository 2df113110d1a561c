/**
 * What an audit makes of what it finds: the judgement of one name, and the count of all. Which names there are to judge,
 * and what stands there, is the caller's business.
 */
import type { Drift, Sha256 } from '@pikit/protocol';
import type { Manifest, ManifestFile } from '@pikit/protocol/manifest';
import { modeOf } from './manifest.ts';
import type { TreeRecord } from './tree-record.ts';

export type Finding = Drift['files'][number];

/** Undefined when it is as it should be. No digest: it cannot be read, so a bad sector is damage like any other. */
export function problemOf(
  wanted: { readonly sha256: Sha256; readonly mode: number },
  found:
    | { readonly kind: string; readonly mode: number; readonly sha256: Sha256 | undefined }
    | undefined,
): Finding['problem'] | undefined {
  if (found === undefined) return 'missing';
  if (found.kind !== 'file' || found.sha256 !== wanted.sha256) return 'changed';
  return found.mode === wanted.mode ? undefined : 'mode';
}

/** Records with the manifest that they were found to agree with: two documents that nobody changes are compared once. */
const agreeing = new WeakMap<TreeRecord, Manifest>();

/** Whether a tree's record says what its manifest promised; where the manifest leaves a mode out, any will do. */
export function agrees(record: TreeRecord, manifest: Manifest): boolean {
  if (agreeing.get(record) === manifest) return true;
  if (!isPromised(record, manifest)) return false;
  agreeing.set(record, manifest);
  return true;
}

function isPromised(record: TreeRecord, manifest: Manifest): boolean {
  const promised = manifest.files;
  const found = new Map(record.files.map((file) => [file.path, file]));
  const isFound = (file: ManifestFile): boolean => {
    const { sha256, mode = 0 } = found.get(file.path) ?? {};
    return sha256 === file.sha256 && mode === (modeOf(file) ?? mode & 0o777);
  };
  const textOf = new Map(record.links?.map(({ path, to }) => [path, to]));
  const links = manifest.links ?? [];
  return (
    textOf.size === links.length &&
    links.every(({ path, to }) => textOf.get(path) === to) &&
    record.adopted !== true &&
    record.version === manifest.version &&
    // As many of both, and none of them twice: then each is where the other has it.
    record.files.length === promised.length &&
    found.size === promised.length &&
    promised.every(isFound)
  );
}

/** The snapshot that carries the list must fit into one line of the protocol, whatever the names are. */
const MAX_LISTED = 100;
const MAX_LISTED_CHARACTERS = 16_000;

export interface Tally {
  readonly add: (finding: Finding) => void;
  readonly sum: () => Pick<Drift, 'files' | 'total' | 'damaged'>;
  readonly missing: () => number;
}

/** Counts all and lists the first, damage before what merely is too much. Needs no more room for more findings. */
export function createTally(): Tally {
  const damage: Finding[] = [];
  const extra: Finding[] = [];
  let total = 0;
  let damaged = 0;
  let missing = 0;
  return {
    add: (finding) => {
      const list = finding.problem === 'extra' ? extra : damage;
      if (list.length < MAX_LISTED) list.push(finding);
      total += 1;
      if (finding.problem !== 'extra') damaged += 1;
      if (finding.problem === 'missing') missing += 1;
    },
    sum: () => ({ files: listed([...damage, ...extra]), total, damaged }),
    missing: () => missing,
  };
}

function listed(findings: readonly Finding[]): Finding[] {
  let room = MAX_LISTED_CHARACTERS;
  const tooMany = findings.findIndex(({ path }, index) => {
    room -= path.length;
    return room < 0 || index >= MAX_LISTED;
  });
  return findings.slice(0, tooMany === -1 ? undefined : tooMany);
}
