/** Of a seekable bundle only the members of what is missing are fetched, and spans are never believed. */
import { UpdateError } from '@pikit/protocol';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReleaseRecipe } from '../../../../test/support/bundle-builder.ts';
import type { ReleaseSource } from '../../src/ports.ts';
import { staging } from '../../src/steps/staging.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

const publish = async (version: string, recipe: Partial<ReleaseRecipe> = {}) =>
  bench.publish(aRelease(version, { form: 'seekable', ...recipe }));

const MEDIA = '/media/releases';
const STAGED = '/var/lib/pikit/staging/1.1.0';
const PATIENCE = { interval: 5, timeout: 15_000 };
const WHOLE = 'fetching the whole bundle instead';

const refuse: ReleaseSource['fetchPart'] = () => {
  throw new UpdateError('source-invalid', 'no parts');
};

interface Listed {
  path: string;
  span: [number, number];
}

/** Publishes anew what a maintainer would never have packed. */
async function edit(version: string, change: (files: Listed[]) => void): Promise<void> {
  const path = bench.host(`${MEDIA}/${version}/manifest.json`);
  const document = JSON.parse(await readFile(path, 'utf8')) as { files: Listed[] };
  change(document.files);
  await writeFile(path, JSON.stringify(document));
}

const find = (files: readonly Listed[], path: string): Listed =>
  files.find((file) => file.path === path) ?? { path, span: [0, 0] };

/** By the last transaction. */
const fetched = async (): Promise<number> =>
  (await bench.store.loadHistory(1))[0]?.bytesFetched ?? -1;

describe('stageSpans', () => {
  it('installs a release without ever having its bundle as a whole', async () => {
    const { bundle } = await publish('1.1.0');
    expect(await bench.apply('1.1.0')).toMatchObject({ outcome: 'committed' });
    expect(await bench.see('/usr/local/bin/pikit-api.py')).toBe('print("1.1.0")');
    // All but the end of the archive.
    expect(await fetched()).toBeLessThan((await stat(bundle)).size);
    expect(bench.log.lines.join('\n')).toContain('fetched 5 files in 1 part of the bundle');
  });

  it('fetches just what the installed release does not have', async () => {
    await publish('1.1.0');
    await bench.apply('1.1.0');
    const next = aRelease('1.2.0', { form: 'seekable' });
    const files = { ...aRelease('1.1.0').files, 'pikit-web/index.html': 'a new page' };
    await bench.publish({ ...next, files });
    expect(await bench.apply('1.2.0')).toMatchObject({ outcome: 'committed' });
    expect(await bench.see('/var/www/pikit-web/index.html')).toBe('a new page');
    let length = 0;
    await edit('1.2.0', (listed) => {
      [, length] = find(listed, 'pikit-web/index.html').span;
    });
    expect(await fetched()).toBe(length);
  });

  it.each<[string, (files: Listed[]) => void]>([
    [
      'another file’s span',
      (files) => {
        const [one, other] = [find(files, 'pikit-api.py'), find(files, 'pikit-web/index.html')];
        [one.span, other.span] = [other.span, one.span];
      },
    ],
    ['half a member', (files) => (find(files, 'pikit-api.py').span[1] -= 5)],
    ['the middle of a member', (files) => (find(files, 'pikit-api.py').span = [3, 20])],
    ['bytes behind the bundle', (files) => (find(files, 'pikit-api.py').span = [9e9, 20])],
    ['two members', (files) => (find(files, 'cron/pikit').span[0] -= 300)],
  ])('takes the whole bundle where a span is %s', async (_what, change) => {
    await publish('1.1.0', { manifest: { bundle: undefined } });
    await edit('1.1.0', change);
    expect(await bench.apply('1.1.0')).toMatchObject({ outcome: 'committed' });
    expect(await bench.see('/usr/local/bin/pikit-api.py')).toBe('print("1.1.0")');
  });

  it('says why it takes the whole bundle', async () => {
    await publish('1.1.0');
    await edit('1.1.0', (files) => (find(files, 'pikit-api.py').span[1] -= 5));
    await bench.apply('1.1.0');
    expect(bench.log.lines.join('\n')).toContain(WHOLE);
  });

  it('takes the whole bundle where the server gives no parts', async () => {
    await publish('1.1.0');
    Object.assign(bench.tools.source, { fetchPart: refuse });
    expect(await bench.apply('1.1.0')).toMatchObject({ outcome: 'committed' });
    expect(bench.log.lines.join('\n')).toContain(WHOLE);
  });

  it('is not tried for a bundle that was made by hand', async () => {
    await publish('1.1.0', { form: 'full' });
    expect(await bench.apply('1.1.0')).toMatchObject({ outcome: 'committed' });
    expect(bench.log.lines.join('\n')).not.toContain('parts of the bundle');
  });

  it('keeps the files that are whole when the connection is lost', async () => {
    await publish('1.1.0');
    const honest = { ...bench.tools.source };
    const breaking: ReleaseSource['fetchPart'] = async function* (version, part, signal) {
      for await (const chunk of honest.fetchPart(version, part, signal)) {
        yield chunk.subarray(0, part.length - 10);
        // What was on its way through the pipes is lost with them.
        await expect.poll(() => bench.see(`${STAGED}/cron/pikit`), PATIENCE).toBeDefined();
        throw new UpdateError('download-failed', 'gone');
      }
    };
    const context = bench.context(await bench.begin('1.1.0'));
    Object.assign(bench.tools.source, { fetchPart: breaking });
    const signal = new AbortController().signal;
    await expect(staging({ ...context, source: bench.tools.source }, signal)).rejects.toMatchObject(
      { code: 'download-failed' },
    );
    const before = context.record().bytesFetched;
    await staging({ ...context, source: honest }, signal);
    expect(context.record().bytesFetched - before).toBeLessThan(before);
    expect(await bench.see(`${STAGED}/cron/pikit`)).toBe('# 1.1.0\n');
  });
});
