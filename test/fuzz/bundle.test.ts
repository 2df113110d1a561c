/**
 * Whatever bytes a bundle has: reading it ends with a code that is due for bundles, or every entry has a name that stays
 * inside; and what is staged from it is exactly what the manifest lists. Hostile bytes go through the real archive reader
 * and the real staging.
 */
import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readdirSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { UpdateError, type ErrorCode } from '@pikit/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admit } from '../../packages/agent/src/core/entry-policy.ts';
import { DOWNLOADS, STAGING, stagingPath } from '../../packages/agent/src/core/layout.ts';
import { steps } from '../../packages/agent/src/steps/all.ts';
import { aVersion } from '../../packages/agent/test/support/a-manifest.ts';
import {
  createWorkbench,
  quiet,
  type Workbench,
} from '../../packages/agent/test/support/workbench.ts';
import { tar } from '../fixtures/hostile/raw-tar.ts';
import { honestFiles, honestManifest, honestMembers, json } from '../fixtures/hostile/release.ts';
import { property } from './fuzz.ts';
import { mutated } from './mutations.ts';
import { mutatedTars, VERSION } from './tars.ts';

const DUE: readonly ErrorCode[] = [
  'bundle-invalid',
  'entry-refused',
  'file-missing',
  'file-unexpected',
  'hash-mismatch',
  'too-large',
];

const MAX_UNPACKED = 4 * 1024 * 1024;

let bench: Workbench;
beforeAll(async () => {
  bench = await createWorkbench();
  mkdirSync(join(bench.root, 'media/releases', VERSION));
  writeFileSync(
    join(bench.root, 'media/releases', VERSION, 'manifest.json'),
    json(honestManifest(VERSION)),
  );
});
afterAll(() => bench.close());

/** True when it came to its end; any refusal that is not due for a bundle fails. */
async function ends(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(UpdateError);
    expect(DUE).toContain((error as UpdateError).code);
    return false;
  }
}

async function readThrough(bundle: Uint8Array): Promise<void> {
  const content = (async function* () {
    yield bundle;
  })();
  await ends(() =>
    bench.tools.archive.read(content, MAX_UNPACKED, async (entry) => {
      const admission = admit(entry);
      if (!('path' in admission)) return;
      expect(admission.path.split('/')).not.toContain('..');
      expect(admission.path).not.toMatch(/^\/|[\0\\\n]/);
    }),
  );
}

const tars = mutatedTars();

property('archive: mutated entries', tars, (bytes) => readThrough(gzipSync(bytes)));

property(
  'archive: mutated gzip',
  tars.chain((bytes) => mutated([gzipSync(bytes)])),
  readThrough,
);

function filesBelow(directory: string, prefix = ''): readonly string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? filesBelow(join(directory, entry.name), `${prefix}${entry.name}/`)
      : [`${prefix}${entry.name}`],
  );
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** True when it was staged; whatever an earlier try has left is gone first. */
async function stage(bytes: Uint8Array): Promise<boolean> {
  writeFileSync(
    join(bench.root, 'media/releases', VERSION, `pikit-${VERSION}.tar.gz`),
    gzipSync(bytes),
  );
  for (const path of [DOWNLOADS, STAGING]) {
    rmSync(bench.host(path), { recursive: true, force: true });
  }
  const record = await bench.begin(VERSION);
  return ends(() => steps.staging(bench.context(record), quiet()));
}

describe('staging', () => {
  it('accepts what is right, before and after something that is not', async () => {
    const honest = tar(...honestMembers(VERSION));
    expect(await stage(honest)).toBe(true);
    expect(await stage(tar(...honestMembers(VERSION).slice(1)))).toBe(false);
    expect(await stage(honest)).toBe(true);
  });
});

property('staging: mutated bundles', tars, async (bytes) => {
  const isStaged = await stage(bytes);
  const tree = bench.host(stagingPath(aVersion(VERSION)));
  const files = honestFiles(VERSION);
  // Refused or not, nothing stands there that the manifest does not list, and what stands there is no link.
  for (const path of filesBelow(tree).filter((name) => !name.startsWith('.pikit/'))) {
    expect(files.map(({ name }) => name)).toContain(path);
    expect(lstatSync(join(tree, path)).isFile()).toBe(true);
    expect(lstatSync(join(tree, path)).mode & 0o7000).toBe(0);
  }
  for (const { name, content } of isStaged ? files : []) {
    expect(sha256(readFileSync(join(tree, name)))).toBe(sha256(Buffer.from(content)));
  }
});
