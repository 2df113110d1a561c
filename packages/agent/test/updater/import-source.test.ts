/** The uploaded file as a source: what it gives, and what becomes of a reader whose file is exchanged under it. */
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { tarRelease } from '../../../../test/support/release-file.ts';
import { IMPORT_FILE } from '../../src/core/layout.ts';
import type { ReleaseSource } from '../../src/ports.ts';
import { createImportSource } from '../../src/updater/import-source.ts';
import { aSha256, aVersion } from '../support/a-manifest.ts';
import { aRelease, createWorkbench, quiet, type Workbench } from '../support/workbench.ts';

const VERSION = aVersion('1.1.0');
const CHOSEN = { version: VERSION, manifestSha256: aSha256() };
const BUNDLE = 'pikit-1.1.0.tar.gz';

let bench: Workbench;
let source: ReleaseSource;
let bundle: Buffer;
beforeEach(async () => {
  bench = await createWorkbench();
  source = createImportSource(bench.disk);
  const built = await bench.publish(aRelease('1.1.0'));
  bundle = await readFile(built.bundle);
  await mkdir(dirname(bench.host(IMPORT_FILE)), { recursive: true });
  await tarRelease(built.dir, bench.host(IMPORT_FILE));
});
afterEach(() => bench.close());

const fetchTo = (maxBytes = 1e6) =>
  source.fetchBundle(CHOSEN, '/var/tmp/b/bundle.tar.gz', {
    maxBytes,
    signal: quiet(),
    onBytes: () => undefined,
  });

async function partOf(offset: number, length: number, name = BUNDLE): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.fetchPart(CHOSEN, { name, offset, length }, quiet())) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

describe('createImportSource', () => {
  it('lists the one release and gives its files', async () => {
    expect(await source.list(quiet())).toEqual([
      expect.objectContaining({ version: '1.1.0', bundleBytes: bundle.length, channel: 'stable' }),
    ]);
    const manifest = await source.manifest(VERSION, 1e6, quiet());
    const { manifestSha256 } = await bench.wanted('1.1.0');
    expect(bench.tools.digest(manifest)).toBe(manifestSha256);
    expect(await source.signature(VERSION, 1e6, quiet())).toBeUndefined();
    expect(await fetchTo()).toBe(bundle.length);
    expect(await readFile(bench.host('/var/tmp/b/bundle.tar.gz'))).toEqual(bundle);
  });

  it('gives parts of a file without any copy, and none beyond its end', async () => {
    expect(await partOf(10, 50)).toEqual(bundle.subarray(10, 60));
    await expectCode(partOf(10, bundle.length), 'source-invalid');
    await expectCode(partOf(0, 1, 'patch'), 'no-such-release');
  });

  it('is another release than the one that was chosen, and says so', async () => {
    await expectCode(source.manifest(aVersion('1.2.0'), 1e6, quiet()), 'no-such-release');
  });

  it('gives nothing that is larger than wanted', async () => {
    await expectCode(source.manifest(VERSION, 10, quiet()), 'too-large');
    await expectCode(fetchTo(10), 'too-large');
  });

  it('opens nothing but a file: no link, no pipe, and nothing where nothing is', async () => {
    const place = bench.host(IMPORT_FILE);
    const other = bench.host('/root-only.tar');
    await writeFile(other, await readFile(place));
    await rm(place);
    await expectCode(source.list(quiet()), 'invalid-request');
    await symlink(other, place);
    await expectCode(source.list(quiet()), 'invalid-request');
    await rm(place);
    execFileSync('mkfifo', [place]);
    await expectCode(source.list(quiet()), 'invalid-request');
  });

  it('tells a file that became a pipe between two looks, and waits for nobody', async () => {
    const lstat = bench.disk.lstat.bind(bench.disk);
    const place = bench.host(IMPORT_FILE);
    source = createImportSource({
      ...bench.disk,
      stream: bench.disk.stream.bind(bench.disk),
      lstat: async (path) => {
        const entry = await lstat(path);
        await rm(place);
        execFileSync('mkfifo', [place]);
        return entry;
      },
    });
    await expectCode(source.list(quiet()), 'download-failed');
  });

  it('notices a file that was cut off', async () => {
    await truncate(bench.host(IMPORT_FILE), 2000);
    await expectCode(source.list(quiet()), 'bundle-invalid');
  });
});
