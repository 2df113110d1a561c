/** A published release is fetched within bounds and checked; here its source is a list of files in memory. */
import type { Sha256, Version } from '@pikit/protocol';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NOTHING_TOLD, trustRootOf } from '../../../../packages/agent/src/core/trust-root.ts';
import { buildRelease } from '../../../../test/support/bundle-builder.ts';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createMinisignKey } from '../../../../test/support/minisign-key.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { statusFailure } from '../../src/publish/http-failure.ts';
import { checkPublished } from '../../src/published/check-published.ts';
import type { PublishedRelease } from '../../src/published/published-release.ts';
import { NEW, OLD, packVersion } from '../patch/scene.ts';

const signer = createMinisignKey();
const ROOT = trustRootOf([{ path: 'x.pub', text: signer.publicFile }], NOTHING_TOLD);
const NOBODY = trustRootOf([], NOTHING_TOLD);

let dir: TempDir;
let files: Map<string, Uint8Array>;
let digest: string;
/** Name and bound of each file that was asked for. */
let asked: [string, number][];
beforeEach(async () => {
  dir = await makeTempDir();
  asked = [];
  const release = { version: '1.4.0', files: { a: 'page' }, form: 'full', signer } as const;
  const { assets, manifestSha256 } = await buildRelease(release, dir.path);
  digest = manifestSha256;
  const contents = assets.map(
    async ({ content }) => [basename(content), await readFile(content)] as const,
  );
  files = new Map(await Promise.all(contents));
});
afterEach(() => dir.remove());

const published = (members: Partial<PublishedRelease> = {}): PublishedRelease => ({
  version: '1.4.0' as Version,
  channel: 'stable',
  async *read(name, maxBytes) {
    asked.push([name, maxBytes]);
    const content = files.get(name);
    if (content === undefined) throw statusFailure(`https://x.example/${name}`, 404, '');
    yield content;
  },
  ...members,
});

describe('checkPublished', () => {
  it('asks for the bundle last, and for no more of it than was signed', async () => {
    const checked = await checkPublished(published({ manifestSha256: digest as Sha256 }), ROOT);
    expect(checked).toMatchObject({ signer: { id: signer.id }, manifestSha256: digest });
    const bundle = 'pikit-1.4.0.tar.gz';
    expect(asked).toEqual([
      ['manifest.json.minisig', 16 * 1024],
      ['manifest.json', 4 * 1024 * 1024],
      ['manifest.json.gz', 4 * 1024 * 1024],
      [bundle, files.get(bundle)?.length],
    ]);
  });

  it('says what it is at, before it waits for a server', async () => {
    const said: string[] = [];
    await checkPublished(published(), ROOT, (words) => void said.push(words));
    expect(said).toEqual([
      ...asked.map(([name]) => `fetching ${name}`),
      'checking it as a device does',
    ]);
  });

  it('asks for no bundle that nobody vouches for', async () => {
    files.delete('manifest.json.minisig');
    await expectCode(checkPublished(published(), ROOT), 'signature-missing');
    expect(asked).toHaveLength(2);
    expect(await checkPublished(published(), NOBODY)).toMatchObject({ isSigned: false });
  });

  it('wants the manifest of the index', async () => {
    const other = published({ manifestSha256: '0'.repeat(64) as Sha256 });
    await expectCode(checkPublished(other, ROOT), 'hash-mismatch');
    expect(asked).toHaveLength(2);
  });

  it('fetches many large patches only where somebody vouches for them', async () => {
    const size = 300 * 1024 * 1024;
    const patches = ['1', '2'].map((digit) => {
      const from = digit.repeat(64);
      const name = `pikit-1.4.0.from-${from.slice(0, 8)}.patch`;
      return { from, name, size, sha256: 'a'.repeat(64) };
    });
    const manifest = { patches };
    const huge = { version: '1.4.0', files: { a: 'b' }, form: 'full', signer, manifest } as const;
    const { assets } = await buildRelease(huge, dir.path);
    for (const { content } of assets) files.set(basename(content), await readFile(content));
    const refused = await expectCode(checkPublished(published(), NOBODY), 'too-large');
    expect(refused.message).toContain('629145600 bytes');
    expect(asked.some(([name]) => name.endsWith('.patch'))).toBe(false);
    await expectCode(checkPublished(published(), ROOT), 'file-missing');
  });

  it('wants the patches, too', async () => {
    const first = await packVersion(dir.path, '2.0.0', OLD);
    const second = await packVersion(dir.path, '2.1.0', NEW, [first]);
    const names = await readdir(second);
    const contents = names.map(async (name) => [name, await readFile(join(second, name))] as const);
    files = new Map(await Promise.all(contents));
    const release = published({ version: '2.1.0' as Version });
    const checked = await checkPublished(release, NOBODY);
    const [patch] = checked.manifest.patches ?? [];
    expect(asked.at(-1)).toEqual([patch?.name, patch?.size]);
    files.set(patch?.name ?? '', Buffer.alloc(patch?.size ?? 0, 'x'));
    await expectCode(checkPublished(release, NOBODY), 'hash-mismatch');
    files.delete(patch?.name ?? '');
    await expectCode(checkPublished(release, NOBODY), 'file-missing');
  });

  it('wants a packed manifest to be the same', async () => {
    files.set('manifest.json.gz', gzipSync(files.get('manifest.json') ?? ''));
    await checkPublished(published(), ROOT);
    files.set('manifest.json.gz', gzipSync('{}'));
    await expectCode(checkPublished(published(), ROOT), 'hash-mismatch');
  });

  it.each(['manifest.json', 'pikit-1.4.0.tar.gz'])('says that %s is missing', async (name) => {
    files.delete(name);
    const error = await expectCode(checkPublished(published(), ROOT), 'file-missing');
    expect(error.details['path']).toBe(name);
  });

  it.each(['manifest.json', 'manifest.json.minisig', 'pikit-1.4.0.tar.gz'])(
    'takes no web page for %s',
    async (name) => {
      files.set(name, Buffer.from('\n <!doctype html>'));
      await expectCode(checkPublished(published(), ROOT), 'source-invalid');
    },
  );
});
