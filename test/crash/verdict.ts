/**
 * The one judgement of every crash test: after the recovery each target shows the old release or each shows the new one,
 * the transaction has ended, and nothing lies about that belongs to no release, installed or kept for later. Looks through the disk port, so that a
 * model and a real filesystem are judged alike; changes nothing.
 */
import { posix } from 'node:path';
import {
  BACKUPS,
  CURRENT,
  downloadPath,
  DOWNLOADS,
  GUARD_FILES,
  JOURNAL_FILE,
  KEPT_FILE,
  RELEASES,
  STAGING,
  stagingPath,
  VERSION_FILE,
} from '../../packages/agent/src/core/layout.ts';
import type { Disk } from '../../packages/agent/src/ports.ts';
import { readKept } from '../../packages/agent/src/steps/kept-release.ts';

/** What a program finds at each device path of the release; undefined: nothing. */
export type Shown = Readonly<Record<string, string | undefined>>;

export interface Side {
  readonly name: string;
  /** As the version file says it; undefined where there is none. */
  readonly version: string | undefined;
  readonly shown: Shown;
}

const MAX_BYTES = 1024 * 1024;

/** Every path of both sides must be named in both. */
export async function judge(
  disk: Disk,
  sides: readonly Side[],
): Promise<{ readonly side: Side | undefined; readonly complaints: readonly string[] }> {
  const complaints: string[] = [];
  const found = await look(disk, Object.keys(sides[0]?.shown ?? {}));
  const side = sides.find(({ shown }) =>
    Object.entries(found).every(([path, content]) => shown[path] === content),
  );
  if (side === undefined) complaints.push(`a third thing: ${JSON.stringify(found)}`);
  const version = (await text(disk, VERSION_FILE))?.trim();
  if (side !== undefined && version !== side.version) {
    complaints.push(`shows ${side.name}, but the version file says ${String(version)}`);
  }
  if ((await disk.lstat(JOURNAL_FILE)) !== undefined) complaints.push('the journal is still there');
  complaints.push(...(await leftovers(disk, Object.keys(found))));
  return { side, complaints };
}

/** What a program finds at device paths, through our links. */
export async function look(disk: Disk, paths: readonly string[]): Promise<Shown> {
  const found: Record<string, string | undefined> = {};
  for (const path of paths) found[path] = await text(disk, await behind(disk, path));
  return found;
}

/** Follows our own symlinks and those of a release in any component, as a program would. */
async function behind(disk: Disk, path: string, depth = 0): Promise<string> {
  const names = path.split('/').slice(1);
  for (let length = 1; length <= names.length; length += 1) {
    const upper = `/${names.slice(0, length).join('/')}`;
    const link = await disk.readLink(upper);
    if (link === undefined) continue;
    if (depth > 20) throw new Error(`${path} is a loop of links`);
    const there = posix.resolve(posix.dirname(upper), link);
    return behind(disk, [there, ...names.slice(length)].join('/'), depth + 1);
  }
  return path;
}

async function text(disk: Disk, path: string): Promise<string | undefined> {
  if ((await disk.lstat(path))?.kind === 'directory') return undefined;
  const bytes = await disk.read(path, MAX_BYTES);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

const OURS = /\.pikit-/;

/** What is kept for the next transaction, as long as it is any use. */
async function keptPaths(disk: Disk): Promise<readonly string[]> {
  const kept = await readKept(disk);
  if (kept === undefined) return [];
  const { version, ready } = kept;
  return [KEPT_FILE, stagingPath(version), ...(ready ? [] : [downloadPath(version)])];
}

/** Half-built trees, half-fetched files, temporary and replaced names, trees that nothing refers to. */
async function leftovers(disk: Disk, paths: readonly string[]): Promise<readonly string[]> {
  const complaints: string[] = [];
  const kept = await keptPaths(disk);
  for (const place of [STAGING, DOWNLOADS]) {
    const found = (await disk.list(place)).map((name) => `${place}/${name}`);
    for (const path of found) if (!kept.includes(path)) complaints.push(`left over: ${path}`);
  }
  for (const path of Object.values(GUARD_FILES)) {
    if ((await disk.lstat(path)) !== undefined) complaints.push(`left over: ${path}`);
  }
  const directories = new Set([
    '/etc/pikit',
    '/var/lib/pikit',
    '/var/lib/pikit-update',
    BACKUPS,
    ...paths.flatMap((path) => parents(path)),
  ]);
  for (const directory of directories) {
    if ((await disk.lstat(directory))?.kind !== 'directory') continue;
    for (const name of await disk.list(directory)) {
      if (OURS.test(name)) complaints.push(`left over: ${directory}/${name}`);
    }
  }
  const backups = (await disk.list(BACKUPS)).map((name) => disk.readLink(`${BACKUPS}/${name}`));
  const used = new Set([await disk.readLink(CURRENT), ...(await Promise.all(backups))]);
  for (const name of await disk.list(RELEASES)) {
    const tree = `${RELEASES}/${name}`;
    if (!used.has(tree) && !(await isAdopted(disk, tree))) complaints.push(`left over: ${tree}`);
  }
  return complaints;
}

async function isAdopted(disk: Disk, tree: string): Promise<boolean> {
  return (await text(disk, `${tree}/.pikit/tree.json`))?.includes('"adopted":true') === true;
}

function parents(path: string): readonly string[] {
  const names = path.split('/').slice(1, -1);
  return names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`);
}
