/** Where things are on the device, in one place. These are device paths; `--root` is the disk adapter's business. */
import { VersionSchema, type Sha256, type TransactionId, type Version } from '@pikit/protocol';
import * as v from 'valibot';

const LIB = '/var/lib/pikit';
const STATE = '/var/lib/pikit-update';

export const RELEASES = `${LIB}/releases`;
export const STAGING = `${LIB}/staging`;
/** Which release in `STAGING` and `DOWNLOADS` is wanted although no transaction runs. */
export const KEPT_FILE = `${STAGING}/kept.json`;
/** The symlink to the tree that runs: one rename of it switches everything. */
export const CURRENT = `${LIB}/current`;
export const VERSION_FILE = '/etc/pikit/version';
export const STATE_FILE = `${STATE}/state.json`;
export const JOURNAL_FILE = `${STATE}/journal.json`;
export const SETTINGS_FILE = `${STATE}/settings.json`;
/** Of the newest release that a check saw, while it is an update: what that will cost is read from it. */
export const OFFERED_MANIFEST = `${STATE}/offered-manifest.json`;
/** Newest release seen of each channel, keys that releases introduced and retired. */
export const TRUST_FILE = `${STATE}/trust.json`;
/** Public keys of minisign, `*.pub`: with one of them every release must be signed. */
export const KEYS = '/etc/pikit/keys';
/** The configuration files that the owner has edited. */
export const EDITS_FILE = `${STATE}/edited.json`;
/** By which the files of the release that runs are known to be unchanged. */
export const FINGERPRINTS_FILE = `${STATE}/fingerprints`;
/** Lists and manifests that were fetched before, in case that they still hold. */
export const ANSWERS = `${STATE}/answers`;
/** Servers that want to be left alone for a while. */
export const PAUSES_FILE = `${STATE}/pauses.json`;
export const HISTORY_FILE = `${STATE}/history.jsonl`;
export const LOGS = `${STATE}/logs`;
/** One small file, which the guard (deploy/guard) renames as it goes on: armed, on the way back, and done. */
export const GUARD_FILES = {
  armed: `${STATE}/guard`,
  firing: `${STATE}/guard.firing`,
  fired: `${STATE}/guard.fired`,
} as const;
export const DOWNLOADS = '/var/tmp/pikit-update';
export const BACKUPS = '/var/backups/pikit';
/** Where the api lays down a release that a browser has sent. The directory is the api's own, its name is root's. */
export const IMPORT_FILE = '/var/lib/pikit-api/import.tar';
export const LOCK_FILE = '/run/pikit-update.lock';
export const CONFIG_FILE = '/etc/pikit/updater.toml';
export const AGENT_SOCKET = '/run/pikit/agent.sock';
export const API_SOCKET = '/run/pikit/api.sock';

/** Our own files inside a release tree; no release may bring a path below it. */
export const OWN_DIRECTORY = '.pikit';
export const OWN_MANIFEST = `${OWN_DIRECTORY}/manifest.json`;
export const OWN_RECORD = `${OWN_DIRECTORY}/tree.json`;

export type TreeName = string & { readonly __brand: 'TreeName' };
export type TreeVersion = Version | 'preexisting';

const TreeVersionSchema = v.union([VersionSchema, v.literal('preexisting')]);

const TREE_NAME = /^(.+)-([0-9a-f]{8})$/;

export function treeName(version: TreeVersion, digest: Sha256): TreeName {
  return `${version}-${digest.slice(0, 8)}` as TreeName;
}

/**
 * Both names that a release with this manifest may have. A repair builds the second beside the first, and the next one the
 * first beside the second: so a name can be checked against a manifest without any further record.
 */
export function treeNames(
  version: TreeVersion,
  manifestSha256: Sha256,
): readonly [TreeName, TreeName] {
  const complement = complementOf(manifestSha256.slice(0, 8));
  return [treeName(version, manifestSha256), `${version}-${complement}` as TreeName];
}

function complementOf(digest: string): string {
  return digest.replaceAll(/./g, (digit) => (15 - Number.parseInt(digit, 16)).toString(16));
}

/** Whether one is the other or its repair. */
export function isSameRelease(one: TreeName, other: TreeName): boolean {
  const [, version = '', digest = ''] = TREE_NAME.exec(one) ?? [];
  return one === other || other === `${version}-${complementOf(digest)}`;
}

/** The version in a tree's name, or undefined when the name is not one of ours. */
export function versionOfTree(name: string): TreeVersion | undefined {
  const parsed = v.safeParse(TreeVersionSchema, TREE_NAME.exec(name)?.[1]);
  return parsed.success ? parsed.output : undefined;
}

export function isTreeName(name: string): name is TreeName {
  return versionOfTree(name) !== undefined;
}

export function treePath(name: TreeName): string {
  return `${RELEASES}/${name}`;
}

export function stagingPath(version: Version): string {
  return `${STAGING}/${version}`;
}

export function downloadPath(version: Version): string {
  return `${DOWNLOADS}/${version}`;
}

export function bundlePath(version: Version): string {
  return `${downloadPath(version)}/bundle.tar.gz`;
}

/** Whatever it is called where it was published. */
export function patchPath(version: Version): string {
  return `${downloadPath(version)}/patch`;
}

export function logPath(transaction: TransactionId): string {
  return `${LOGS}/${transaction}.jsonl`;
}

/** `/var/backups/pikit/<ts>`: the time at which the transaction that made it began. */
export function backupPath(transaction: TransactionId): string {
  return `${BACKUPS}/${transaction.slice(0, 16)}`;
}

/** True for a link of ours: through `current`, or into a release tree. */
export function isOurLink(text: string | undefined): boolean {
  return text !== undefined && [CURRENT, RELEASES].some((place) => text.startsWith(`${place}/`));
}

/** The directory in which a device path stands. */
export function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** So much of a name is left that the longest suffix fits as well: filesystems count bytes, and take 255. */
const MAX_BASE = 200;

function beside(path: string, prefix: string, suffix: string): string {
  const slash = path.lastIndexOf('/');
  return `${path.slice(0, slash + 1)}${prefix}${shortened(path.slice(slash + 1))}${suffix}`;
}

function shortened(name: string): string {
  let end = 0;
  let bytes = 0;
  for (const character of name) {
    bytes += new TextEncoder().encode(character).length;
    if (bytes > MAX_BASE) break;
    end += character.length;
  }
  return name.slice(0, end);
}

/** Where a directory lies from the moment in which a link takes its name until the update is over. */
export function asidePath(path: string): string {
  return beside(path, '.', '.pikit-replaced');
}

/** Where something that is not ours lies after it had to make way. */
export function keptPath(path: string, transaction: TransactionId): string {
  return beside(path, '', `.pikit-kept-${transaction}`);
}

/** Where a record of ours that cannot be believed is kept for the operator. */
export function damagedPath(path: string): string {
  return `${path}.damaged`;
}

/** The disk adapter gives a file such a name beside its own while it is written; a crash may leave it there. */
const TEMPORARY = /^\.(.{1,59})\.pikit-[0-9a-f]{6}$/s;

/** True for the name of something that was to become `path`, and for nothing that another program would make. */
export function isTemporaryOf(path: string, name: string): boolean {
  return TEMPORARY.exec(name)?.[1] === temporaryBase(path);
}

/** Those of the `names` in a directory that were to become one of the `paths` in it. Of both there may be thousands. */
export function temporariesOf(
  paths: readonly string[],
  names: readonly string[],
): readonly string[] {
  const bases = new Set(paths.map(temporaryBase));
  return names.filter((name) => bases.has(TEMPORARY.exec(name)?.[1] ?? ''));
}

const temporaryBase = (path: string): string => path.slice(path.lastIndexOf('/') + 1).slice(0, 59);

/** Where a release's own version of a configuration file lies while the owner's is kept. */
export function newPath(path: string): string {
  return beside(path, '', '.pikit-new');
}

/** Where the copy of a target is made that is to take the place of its link. */
export function plainPath(path: string): string {
  return beside(path, '.', '.pikit-plain');
}

/** All that the functions above add, at the end of any part of a path. */
const OURS = /\.pikit-(?:[0-9a-f]{6}|replaced|plain|new|kept-[^/]*)(?:\/|$)/;

/** Beside a target such a name is one of ours, and is overwritten or removed: a release must bring none. */
export function isNamedLikeOurs(path: string): boolean {
  return OURS.test(path);
}

export function manifestPath(tree: string): string {
  return `${tree}/${OWN_MANIFEST}`;
}

export function treeRecordPath(tree: string): string {
  return `${tree}/${OWN_RECORD}`;
}
