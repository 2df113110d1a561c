/** A release that lies ready speaks for itself, as long as it can be believed. */
import { UpdateError } from '@pikit/protocol';
import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import type { ReleaseSource } from '../../src/ports.ts';
import { readKept } from '../../src/steps/kept-release.ts';
import { fetchUnlessReady } from '../../src/updater/kept-source.ts';
import { aVersion } from '../support/a-manifest.ts';
import { aRelease, createWorkbench, quiet, type Workbench } from '../support/workbench.ts';

const VERSION = aVersion('1.1.0');

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.publish(aRelease('1.1.0'));
  await bench.stage('1.1.0');
});
afterEach(() => bench.close());

/** Which source is asked: the device or the network. */
async function asked(work?: (source: ReleaseSource) => Promise<unknown>): Promise<string[]> {
  const sources: string[] = [];
  const kept = await readKept(bench.disk);
  await fetchUnlessReady(bench.tools, kept, VERSION, async (source) => {
    sources.push(source === bench.tools.source ? 'network' : 'device');
    await work?.(source);
  });
  return sources;
}

const refuse = (code: 'signature-missing' | 'release-expired') => async (source: ReleaseSource) => {
  if (source !== bench.tools.source) throw new UpdateError(code, 'no');
};

describe('fetchUnlessReady', () => {
  it('asks the device where all of it lies there', async () => {
    const seen = await asked(async (source) => {
      const [listed] = await source.list(quiet());
      const bytes = await source.manifest(VERSION, 1e6, quiet());
      expect(listed?.version).toBe('1.1.0');
      expect(bench.tools.digest(bytes)).toBe((await bench.wanted('1.1.0')).manifestSha256);
      expect(await source.signature(VERSION, 1e6, quiet())).toBeUndefined();
    });
    expect(seen).toEqual(['device']);
  });

  it('asks the network where the manifest is another one, or nothing lies there', async () => {
    const path = bench.host('/var/lib/pikit/staging/1.1.0/.pikit/manifest.json');
    await writeFile(path, '{}');
    expect(await asked()).toEqual(['network']);
    await bench.disk.remove('/var/lib/pikit/staging');
    expect(await asked()).toEqual(['network']);
  });

  it('asks the network for a signature that was not asked for then, and for no other reason', async () => {
    expect(await asked(refuse('signature-missing'))).toEqual(['device', 'network']);
    await expectCode(asked(refuse('release-expired')), 'release-expired');
  });
});
