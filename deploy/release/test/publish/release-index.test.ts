/** The index of a directory of releases: it says what the folders say, in one order. */
import { cp, mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { updateIndex } from '../../src/publish/release-index.ts';
import { aRelease } from './scene.ts';

let dir: TempDir;
beforeEach(async () => {
  dir = await makeTempDir();
});
afterEach(() => dir.remove());

const place = (): string => join(dir.path, 'target');
const index = async (): Promise<unknown> =>
  JSON.parse(await readFile(join(place(), 'releases.json'), 'utf8'));

async function put(version: string, folder = version): Promise<string> {
  const built = await aRelease(dir.path, version);
  await cp(built.dir, join(place(), folder), { recursive: true });
  return built.manifestSha256;
}

const entry = (version: string, channel: string, manifestSha256: unknown): unknown =>
  expect.objectContaining({ version, channel, manifestSha256, date: expect.any(String) });

describe('updateIndex', () => {
  it('tells version, channel, date and manifest, the highest version first', async () => {
    const sums = [await put('1.9.0'), await put('1.10.0-rc.1'), await put('1.10.0')];
    await updateIndex(place());
    expect(await index()).toEqual({
      format: 1,
      releases: [
        entry('1.10.0', 'stable', sums[2]),
        entry('1.10.0-rc.1', 'beta', sums[1]),
        entry('1.9.0', 'stable', sums[0]),
      ],
    });
  });

  it('names no folder that is no whole release of its name', async () => {
    await put('1.0.0');
    await put('1.1.0', '1.2.0');
    await put('1.3.0');
    await rm(join(place(), '1.3.0/pikit-1.3.0.tar.gz'));
    await put('1.4.0', '.1.4.0.pikit-abc123');
    await mkdir(join(place(), 'photos'));
    await updateIndex(place());
    expect(await index()).toMatchObject({ releases: [{ version: '1.0.0' }] });
  });

  it('forgets what was taken away, and writes nothing that is so already', async () => {
    await put('1.0.0');
    await put('1.1.0');
    await updateIndex(place());
    await rm(join(place(), '1.0.0'), { recursive: true });
    await updateIndex(place());
    expect(await index()).toMatchObject({ releases: [{ version: '1.1.0' }] });
    const before = await stat(join(place(), 'releases.json'));
    await updateIndex(place());
    expect((await stat(join(place(), 'releases.json'))).ino).toBe(before.ino);
  });

  it('takes the date of the file where the manifest has none', async () => {
    await put('1.0.0');
    const path = join(place(), '1.0.0/manifest.json');
    const manifest = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    delete manifest['released'];
    await writeFile(path, JSON.stringify(manifest));
    await utimes(path, 1_790_000_000, 1_790_000_000);
    await updateIndex(place());
    expect(await index()).toMatchObject({ releases: [{ date: '2026-09-21T14:13:20.000Z' }] });
  });
});
