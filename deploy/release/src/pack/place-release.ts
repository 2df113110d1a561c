/**
 * Puts a release into its place: made under a temporary name and renamed when it is whole, so that nobody finds half of one.
 * What stands there already is never replaced by something else, unless that is asked for.
 */
import { UpdateError, type Version } from '@pikit/protocol';
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { diskFailure } from '../disk-failure.ts';
import { makeDirectory } from '../make-directory.ts';
import { withoutRemains } from '../without-remains.ts';

interface Place {
  /** Holds a directory for each version. */
  readonly out: string;
  readonly version: Version;
  readonly isForced: boolean;
}

/**
 * `fill` writes into the directory that it is given. Where the place has the same files already it is left as it is, with a
 * signature that may be there. Throws what `fill` throws, `invalid-request` where another release stands, `no-space`,
 * `write-failed`.
 */
export async function placeRelease<T>(
  place: Place,
  fill: (directory: string) => Promise<T>,
): Promise<T> {
  try {
    return await fillAndRename(place, fill);
  } catch (cause) {
    throw diskFailure(cause, place.out);
  }
}

async function fillAndRename<T>(
  { out, version, isForced }: Place,
  fill: (directory: string) => Promise<T>,
): Promise<T> {
  const place = join(out, version);
  const temporary = join(out, `.${version}.${randomUUID()}`);
  const replaced = `${temporary}.replaced`;
  return withoutRemains(temporary, async () => {
    await makeDirectory(out);
    await putBack(out, version);
    await mkdir(temporary);
    const made = await fill(temporary);
    if (existsSync(place)) {
      if (await hasSame(place, temporary)) return made;
      if (!isForced) throw occupied(place);
      await rename(place, replaced);
    }
    await rename(temporary, place);
    await rm(replaced, { recursive: true, force: true });
    return made;
  });
}

/** Between the two renames of one that was killed there is no release in the place. */
async function putBack(out: string, version: Version): Promise<void> {
  const kept = (await readdir(out)).filter(
    (name) => name.startsWith(`.${version}.`) && name.endsWith('.replaced'),
  );
  for (const name of kept) {
    if (existsSync(join(out, version))) await rm(join(out, name), { recursive: true, force: true });
    else await rename(join(out, name), join(out, version));
  }
}

async function hasSame(place: string, made: string): Promise<boolean> {
  for (const name of await readdir(made)) {
    const there = join(place, name);
    if (!existsSync(there)) return false;
    if ((await sha256Of(there)) !== (await sha256Of(join(made, name)))) return false;
  }
  return true;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function occupied(place: string): UpdateError {
  const reason = 'another release stands there';
  return new UpdateError('invalid-request', `${place}: ${reason}; --force replaces it`, {
    details: { path: place, reason },
  });
}
