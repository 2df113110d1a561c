/** What an earlier life has fetched is gone on with where it is whole, and is no reason to fail where it is not. */
import { UpdateError, VersionSchema } from '@pikit/protocol';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import type { ReleaseRecipe } from '../../../../test/support/bundle-builder.ts';
import { directoryOf } from '../../src/core/layout.ts';
import { parseManifest } from '../../src/core/manifest.ts';
import { MARGIN } from '../../src/core/space.ts';
import { libraryOf } from '../../src/steps/stage-local.ts';
import { stageMissing } from '../../src/steps/stage-missing.ts';
import { aRelease, createWorkbench, quiet, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

const BUNDLE = '/var/tmp/pikit-update/1.1.0/bundle.tar.gz';

async function begun(recipe: Partial<ReleaseRecipe> = {}) {
  await bench.publish(aRelease('1.1.0', recipe));
  const context = bench.context(await bench.begin('1.1.0'));
  const bytes = await bench.disk.read('/media/releases/1.1.0/manifest.json', 65_536);
  const manifest = parseManifest(bytes ?? new Uint8Array(), v.parse(VersionSchema, '1.1.0'));
  const missing = new Set(manifest.files.map(({ path }) => path));
  return { context, wanted: { manifest, missing, library: libraryOf(new Map()) } };
}

const size = async (): Promise<number> =>
  (await bench.disk.lstat('/media/releases/1.1.0/pikit-1.1.0.tar.gz'))?.size ?? 0;

describe('stageMissing', () => {
  it.each([
    ['torn', 'half a bundle'],
    ['of zeros', '\0'.repeat(700)],
    ['empty', ''],
  ])('fetches anew what is %s', async (_what, content) => {
    const { context, wanted } = await begun();
    await bench.put(BUNDLE, content);
    await stageMissing(context, wanted, quiet());
    expect(await bench.see('/var/lib/pikit/staging/1.1.0/pikit-api.py')).toBe('print("1.1.0")');
    expect(context.record().bytesFetched).toBe(await size());
    expect(context.reports.at(-1)).toMatchObject({ filesDone: 5, filesTotal: 5 });
    expect(bench.log.lines.join('\n')).toContain('fetching it once more');
  });

  it.each([
    ['more', { files: { ...aRelease('1.1.0').files, 'pikit-web/old.js': 'old' } }],
    ['less', { files: { 'pikit-web/index.html': '<h1>1.1.0</h1>' } }],
  ])('fetches anew where the release was published again and had %s', async (_what, earlier) => {
    await begun(earlier);
    const path = '/media/releases/1.1.0/pikit-1.1.0.tar.gz';
    const bytes = await bench.disk.read(path, 65_536);
    const { context, wanted } = await begun();
    await bench.disk.makeDirectory(directoryOf(BUNDLE));
    await bench.disk.write(BUNDLE, bytes ?? '', 0o600);
    await stageMissing(context, wanted, quiet());
    expect(context.reports.at(-1)).toMatchObject({ filesDone: 5, filesTotal: 5 });
  });

  it('does not fetch twice what is whole', async () => {
    const { context, wanted } = await begun();
    await stageMissing(context, wanted, quiet());
    await stageMissing(context, wanted, quiet());
    expect(context.record().bytesFetched).toBe(await size());
  });

  it('asks for the room of the whole bundle only where that must do, and says how much it is', async () => {
    const { context, wanted } = await begun({ form: 'seekable' });
    const space = bench.disk.space.bind(bench.disk);
    bench.disk.space = async (path) => ({ ...(await space(path)), freeBytes: 1000 });
    let calls = 0;
    Object.assign(bench.tools.source, {
      fetchPart: () => {
        throw new UpdateError('source-invalid', 'no parts');
      },
      fetchBundle: async () => {
        calls += 1;
        return 0;
      },
    });
    const error = await expectCode(stageMissing(context, wanted, quiet()), 'no-space');
    expect(error.details).toMatchObject({ what: 'bytes', free: 1000, path: BUNDLE });
    expect(error.details['needed']).toBeGreaterThanOrEqual(MARGIN.bytes + (await size()));
    expect(calls).toBe(0);
  });

  it('asks for no room where members do', async () => {
    const { context, wanted } = await begun({ form: 'seekable' });
    const space = bench.disk.space.bind(bench.disk);
    bench.disk.space = async (path) => ({ ...(await space(path)), freeBytes: 1000 });
    await stageMissing(context, wanted, quiet());
    expect(await bench.see('/var/lib/pikit/staging/1.1.0/pikit-api.py')).toBe('print("1.1.0")');
  });

  it('fetches a release that is bad itself once, and says so', async () => {
    const manifest = { bundle: { name: 'pikit-1.1.0.tar.gz', sha256: 'a'.repeat(64) } };
    const { context, wanted } = await begun({ form: 'full', manifest });
    await expectCode(stageMissing(context, wanted, quiet()), 'hash-mismatch');
    expect(context.record().bytesFetched).toBe(await size());
  });
});
