/**
 * `releases.json`: what a directory of releases holds, for readers that cannot list it. It says nothing that the folders do
 * not say, and is made from them anew each time, so that nobody's entry can be lost and none is left behind.
 */
import {
  channelOf,
  MANIFEST_NAME,
  Sha256Schema,
  UpdateError,
  VersionSchema,
} from '@pikit/protocol';
import { INDEX_NAME, type IndexEntry, type ReleaseIndex } from '@pikit/protocol/release-index';
import { createHash, randomBytes } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import semver from 'semver';
import * as v from 'valibot';
import { hasPackedManifest } from '../packed-manifest.ts';
import { readReleaseDirectory } from '../release-directory.ts';

/** Others publish now and then, and each time costs one round at most. */
const MAX_ROUNDS = 100;

/**
 * Brings the index up to date. Whoever writes looks once more afterwards: of several that publish at the same time, the last
 * one to write has then seen the folders of all the others, because each places its folder first. Answers what it says.
 */
export async function updateIndex(target: string): Promise<ReleaseIndex> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const index = await indexOf(target);
    const text = `${JSON.stringify(index, undefined, 2)}\n`;
    if (text === (await currentIndex(target))) return index;
    await writeIndex(target, text);
  }
  throw new UpdateError('busy', `${join(target, INDEX_NAME)} is changed by others all the time`, {
    details: { what: 'publishing' },
  });
}

async function indexOf(target: string): Promise<ReleaseIndex> {
  const entries: IndexEntry[] = [];
  for (const name of await readdir(target)) {
    const entry = v.is(VersionSchema, name) ? await entryFor(join(target, name)) : undefined;
    if (entry?.version === name) entries.push(entry);
  }
  // The build part last, so that the order is one and the same whoever writes.
  entries.sort((a, b) => semver.rcompare(a.version, b.version) || (a.version < b.version ? 1 : -1));
  return { format: 1, releases: entries };
}

/** Undefined for a folder that is no complete release, as a device sees it. */
async function entryFor(folder: string): Promise<IndexEntry | undefined> {
  // because whatever is wrong with it, a device does not take it either
  const release = await readReleaseDirectory(folder).catch(() => undefined);
  if (release === undefined) return undefined;
  const { version, released } = release.manifest;
  const written = await stat(join(folder, MANIFEST_NAME));
  // because a device would fetch it, and then refuse the release; it does well with the plain one
  const isPacked = await hasPackedManifest(folder, release.manifestBytes).catch(() => false);
  const sha256 = createHash('sha256').update(release.manifestBytes).digest('hex');
  return {
    version,
    channel: channelOf(version),
    date: released ?? new Date(Math.floor(written.mtimeMs / 1000) * 1000).toISOString(),
    manifestSha256: v.parse(Sha256Schema, sha256),
    ...(isPacked ? { packedManifest: true } : {}),
  };
}

async function currentIndex(target: string): Promise<string | undefined> {
  // because an index that cannot be read is written anew
  return readFile(join(target, INDEX_NAME), 'utf8').catch(() => undefined);
}

async function writeIndex(target: string, text: string): Promise<void> {
  const temporary = join(target, `.${INDEX_NAME}.pikit-${randomBytes(3).toString('hex')}`);
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      await file.writeFile(text);
      // A web server of another user reads it, whatever the umask.
      await file.chmod(0o644);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(target, INDEX_NAME));
  } finally {
    await rm(temporary, { force: true });
  }
  await syncDirectory(target);
}

export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
