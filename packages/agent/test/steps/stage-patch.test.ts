/** Files made from those of the release that runs, and every way in which a patch is no use. */
import { UpdateError } from '@pikit/protocol';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, readlink, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { brotliCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuiltRelease } from '../../../../test/support/bundle-builder.ts';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { fold, writeVarint } from '../../src/core/varint.ts';
import type { ReleaseSource } from '../../src/ports.ts';
import { staging } from '../../src/steps/staging.ts';
import { createWorkbench, type Workbench } from '../support/workbench.ts';

const OLD_SCRIPT = `print("1.0.0")\n${'# The same in both.\n'.repeat(100)}`;
const NEW_SCRIPT = OLD_SCRIPT.replace('1.0.0', '1.1.0');
const SCRIPT = '/usr/local/bin/pikit-api.py';
const PAGE = '/var/www/pikit-web/index.html';
const NAME = 'pikit-1.1.0.from-0123abcd.patch';

let bench: Workbench;
let first: BuiltRelease;
let second: BuiltRelease;
beforeEach(async () => {
  bench = await createWorkbench();
  first = await release('1.0.0', OLD_SCRIPT, 'the old page');
  second = await release('1.1.0', NEW_SCRIPT, 'the new page');
  await bench.apply('1.0.0');
});
afterEach(() => bench.close());

async function release(version: string, script: string, page: string): Promise<BuiltRelease> {
  const files = {
    'pikit-api.py': { content: script, mode: '755' },
    'pikit-web/index.html': page,
  };
  return bench.publish({ version, form: 'seekable', files });
}

/** Of this process. */
async function openFiles(): Promise<readonly string[]> {
  const names = await readdir('/proc/self/fd');
  return Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')));
}

function varints(numbers: readonly number[]): Buffer {
  const all: number[] = [];
  for (const number of numbers) writeVarint(number, all);
  return Buffer.from(all);
}

function segment(instructions: readonly number[], literals: string): Uint8Array {
  const packed = varints(instructions);
  return Buffer.concat([varints([packed.length, literals.length]), packed, Buffer.from(literals)]);
}

/** The script from the old one but for its version, and the page anew. */
function patchOf(literals = `print("1.1.0the new page`): Uint8Array {
  const only = segment([12, OLD_SCRIPT.length - 12, fold(0), 12, 0], literals);
  return Buffer.concat([varints([1, 2, 0, 0]), only]);
}

interface Patched {
  readonly raw?: Uint8Array;
  readonly from?: string;
  readonly size?: number;
  readonly isThere?: boolean;
}

/** Adds a patch to 1.1.0, as a maintainer would who packed it, or not quite. */
async function publishPatch({ raw = patchOf(), from, size, isThere = true }: Patched = {}) {
  const packed = brotliCompressSync(raw);
  if (isThere) await writeFile(`${second.dir}/${NAME}`, packed);
  const document = JSON.parse(await readFile(second.manifest, 'utf8')) as object;
  const patch = {
    from: from ?? first.manifestSha256,
    name: NAME,
    size: size ?? packed.length,
    sha256: createHash('sha256').update(packed).digest('hex'),
  };
  await writeFile(second.manifest, JSON.stringify({ ...document, patches: [patch] }));
  return packed.length;
}

async function expectUpdated(): Promise<string> {
  expect(await bench.apply('1.1.0')).toMatchObject({ outcome: 'committed' });
  expect(await bench.see(SCRIPT)).toBe(NEW_SCRIPT);
  expect(await bench.see(PAGE)).toBe('the new page');
  return bench.log.lines.join('\n');
}

const fetched = async (): Promise<number> =>
  (await bench.store.loadHistory(1))[0]?.bytesFetched ?? -1;

/** Staged by hand, as between two transactions nothing lies about that is not kept. */
async function stageBehind(kept: Uint8Array): Promise<{ fetched: number; offsets: number[] }> {
  const context = bench.context(await bench.begin('1.1.0'));
  await bench.put('/var/tmp/pikit-update/1.1.0/patch', '');
  await writeFile(bench.host('/var/tmp/pikit-update/1.1.0/patch'), kept);
  const offsets: number[] = [];
  const fetchPart = bench.tools.source.fetchPart.bind(bench.tools.source);
  const watched: ReleaseSource['fetchPart'] = (release, part, signal) => {
    offsets.push(part.offset);
    return fetchPart(release, part, signal);
  };
  Object.assign(bench.tools.source, { fetchPart: watched });
  await staging(context, new AbortController().signal);
  expect(await bench.see('/var/lib/pikit/staging/1.1.0/pikit-api.py')).toBe(NEW_SCRIPT);
  return { fetched: context.record().bytesFetched, offsets };
}

describe('a patch', () => {
  it('is all that crosses the wire', async () => {
    const size = await publishPatch();
    expect(await expectUpdated()).toContain(`a patch of ${String(size)} bytes made 2 files`);
    expect(await fetched()).toBe(size);
    expect(((await stat(bench.host(SCRIPT))).mode & 0o777).toString(8)).toBe('755');
  });

  it('is not asked for when it leads from another release, or is the longer way', async () => {
    await publishPatch({ from: 'f'.repeat(64), isThere: false });
    expect(await expectUpdated()).not.toContain('patch');
    await bench.rollback();
    await publishPatch({ size: 100_000, isThere: false });
    expect(await expectUpdated()).not.toContain('patch');
  });

  it('is not asked for when it is larger than a bundle may be', async () => {
    const size = bench.policy.limits.bundleBytes;
    await publishPatch({ size, isThere: false });
    // Without spans there is no shorter way to compare it with.
    const document = JSON.parse(await readFile(second.manifest, 'utf8')) as { files: object[] };
    const files = document.files.map((file) => ({ ...file, span: undefined }));
    await writeFile(second.manifest, JSON.stringify({ ...document, files }));
    expect(await expectUpdated()).not.toContain('patch');
  });

  it.each<[string, Patched]>([
    ['says other bytes', { raw: patchOf('print("6.6.6the new page') }],
    ['is cut', { raw: patchOf().subarray(0, -3) }],
    ['is no patch', { raw: Buffer.from('no patch') }],
    ['is not there', { isThere: false }],
    ['is larger than the manifest says', { size: 20 }],
  ])('that %s costs the members, and no more', async (_what, patched) => {
    await publishPatch(patched);
    await expectUpdated();
  });

  it('that is not the manifest’s is not read', async () => {
    await publishPatch();
    await writeFile(
      `${second.dir}/${NAME}`,
      brotliCompressSync(patchOf('print("6.6.6the new page')),
    );
    expect(await expectUpdated()).toContain('is not the patch that the manifest promises');
  });

  it.each<[string, (script: string) => Promise<void>]>([
    ['has drifted', (script) => writeFile(script, OLD_SCRIPT.toUpperCase())],
    ['became shorter', (script) => truncate(script, 500)],
    ['is gone', (script) => rm(script)],
  ])('makes the other files when an installed one %s', async (_what, damage) => {
    await publishPatch();
    await damage(bench.host('/var/lib/pikit/current/pikit-api.py'));
    const log = await expectUpdated();
    expect(log).toContain('pikit-api.py does not come out of the patch');
    expect(log).toContain('made 1 file');
    expect(log).toContain('fetched 1 file in 1 part of');
  });

  it('that was fetched by half before a cut is gone on with', async () => {
    const size = await publishPatch();
    const half = (await readFile(`${second.dir}/${NAME}`)).subarray(0, 20);
    expect(await stageBehind(half)).toEqual({ fetched: size - 20, offsets: [20] });
  });

  it('that was fetched before a cut is not fetched again', async () => {
    await publishPatch();
    const packed = await readFile(`${second.dir}/${NAME}`);
    expect(await stageBehind(packed)).toEqual({ fetched: 0, offsets: [] });
  });

  it.each([
    ['torn by the power cut', Buffer.from('torn by the power'), [17, 0]],
    ['longer than it should be', Buffer.alloc(1000), [0]],
    ['empty', Buffer.alloc(0), [0]],
  ])('is fetched from nothing where what lies there is %s', async (_what, kept, offsets) => {
    await publishPatch();
    expect((await stageBehind(kept)).offsets).toEqual(offsets);
  });

  it('is closed where nobody reads it to its end', async () => {
    // More than is read ahead, so that it is still open.
    const page = randomBytes(2 * 1024 * 1024).toString('base64');
    second = await release('1.1.0', NEW_SCRIPT, page);
    const segments = [segment([12, OLD_SCRIPT.length - 12, fold(0)], NEW_SCRIPT.slice(0, 12))];
    for (let at = 0; at < page.length; at += 500_000) {
      const literals = page.slice(at, at + 500_000);
      segments.push(segment([literals.length, 0], literals));
    }
    await publishPatch({ raw: Buffer.concat([varints([1, 2, 0, 0]), ...segments]) });
    const context = bench.context(await bench.begin('1.1.0'));
    const abort = new AbortController();
    const honest = { ...bench.disk };
    const create: typeof honest.create = async (path, mode, content) => {
      const written = await honest.create(path, mode, content);
      abort.abort(new UpdateError('cancelled', 'on request'));
      return written;
    };
    Object.assign(bench.disk, { create });
    await expectCode(staging(context, abort.signal), 'cancelled');
    expect(await openFiles()).not.toContainEqual(expect.stringMatching(/\/1\.1\.0\/patch$/));
  });
});
