/** What a bundle holds against what its manifest says, and spans against what they point at. */
import type { Version } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import { randomBytes } from 'node:crypto';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseManifest } from '../../../packages/agent/src/core/manifest.ts';
import { END, member, tarGz } from '../../../test/fixtures/hostile/raw-tar.ts';
import { listed, sha256 } from '../../../test/fixtures/hostile/release.ts';
import { expectCode } from '../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../test/support/temp-dir.ts';
import { EXPANSION } from '../src/bundle-entries.ts';
import { checkBundle } from '../src/check-bundle.ts';

let dir: TempDir;
beforeEach(async () => {
  dir = await makeTempDir();
});
afterEach(() => dir.remove());

const FILES = [
  { name: 'web/a', content: 'one\n' },
  { name: 'web/b', content: 'two, and longer\n' },
];
const LINK = { name: 'web/c', type: '2', linkname: 'a' };

async function check(bytes: Uint8Array, members: object) {
  const path = join(dir.path, 'bundle');
  await writeFile(path, bytes);
  const document = { version: '1.0.0', changelog: '', files: FILES.map(listed), ...members };
  const text = Buffer.from(JSON.stringify(document));
  const manifest: Manifest = parseManifest(text, '1.0.0' as Version);
  return checkBundle({ path, sizeBytes: (await stat(path)).size }, manifest);
}

/** One gzip member for each file, and the spans that are true. */
function seekable() {
  const pieces = FILES.map((file) => gzipSync(member(file)));
  const [first = 0, second = 0] = pieces.map(({ length }) => length);
  const spans = [
    [0, first],
    [first, second],
  ] as const;
  return { bytes: Buffer.concat([...pieces, gzipSync(END)]), spans };
}

const spanned = (...spans: readonly (readonly [number, number] | undefined)[]) => ({
  files: FILES.map((file, index) => ({
    ...listed(file),
    ...(spans[index] === undefined ? {} : { span: spans[index] }),
  })),
});

const whole = tarGz(...FILES.map((file) => member(file)));

describe('checkBundle', () => {
  it('is content with what the manifest says, links and digest included', async () => {
    const bytes = tarGz(...FILES.map((file) => member(file)), member(LINK));
    const members = {
      links: [{ path: 'web/c', to: 'a' }],
      bundle: { name: 'x.tar.gz', size: bytes.length, sha256: sha256(bytes) },
    };
    expect(await check(bytes, members)).toEqual({ unpackedBytes: 20, spans: 0 });
  });

  it.each([
    ['a larger size', { size: whole.length + 1 }, 'hash-mismatch'],
    ['a smaller size', { size: whole.length - 1 }, 'too-large'],
    ['another digest', { sha256: 'a'.repeat(64) }, 'hash-mismatch'],
  ] as const)('refuses %s of the whole', async (_what, bundle, code) => {
    await expectCode(check(whole, { bundle: { name: 'x', ...bundle } }), code);
  });

  const [page, script] = FILES.map((file) => member(file)) as [Uint8Array, Uint8Array];
  it.each([
    ['a file that is missing', tarGz(page), 'file-missing'],
    ['a file too many', tarGz(page, script, member({ name: 'x' })), 'file-unexpected'],
    ['a file twice', tarGz(page, script, script), 'entry-refused'],
    ['other content', tarGz(page, member({ name: 'web/b', content: 'evil' })), 'hash-mismatch'],
    ['a link that is not listed', tarGz(page, script, member(LINK)), 'entry-refused'],
    [
      'a directory in place of a file',
      tarGz(page, member({ name: 'web/b', type: '5' })),
      'entry-refused',
    ],
    ['no archive', Buffer.from('x'), 'bundle-invalid'],
  ] as const)('refuses a bundle with %s', async (_what, bytes, code) => {
    await expectCode(check(bytes, {}), code);
  });

  it('refuses another size of a file, and a copy of the manifest that comes twice', async () => {
    const files = FILES.map((file) => ({ ...listed(file), size: 1 }));
    await expectCode(check(whole, { files }), 'hash-mismatch');
    const copy = member({ name: 'manifest.json', content: '{}' });
    expect(await check(tarGz(page, copy, script), {})).toMatchObject({ spans: 0 });
    await expectCode(check(tarGz(copy, page, copy, script), {}), 'entry-refused');
  });

  it('says of a file that packs too well to be fetched alone what is wrong with it', async () => {
    const noise = { name: 'web/a', content: randomBytes(256 * 1024) };
    const bomb = { name: 'web/b', content: Buffer.alloc(EXPANSION.freeBytes) };
    const pieces = [noise, bomb].map((file) => gzipSync(member(file)));
    const [start = 0, length = 0] = pieces.map((piece) => piece.length);
    const files = [listed(noise), { ...listed(bomb), span: [start, length] }];
    const bytes = Buffer.concat([...pieces, gzipSync(END)]);
    const { message } = await expectCode(check(bytes, { files }), 'too-large');
    expect(message).toContain('web/b packs so small');
  });

  it('reads what each span holds', async () => {
    const { bytes, spans } = seekable();
    expect(await check(bytes, spanned(...spans))).toMatchObject({ spans: 2 });
    expect(await check(bytes, spanned(undefined, spans[1]))).toMatchObject({ spans: 1 });
  });

  const { bytes, spans } = seekable();
  const [[, first], [start, second]] = spans;
  it.each<[string, readonly [number, number]]>([
    ['of the other file', [start, second]],
    ['of both', [0, first + second]],
    ['that is too short', [0, first - 1]],
    ['that is too long', [0, first + 1]],
    ['that begins too late', [1, first - 1]],
    ['that is empty', [0, 0]],
    ['of the end alone', [first + second, bytes.length - first - second]],
    ['that leads behind the end', [0, bytes.length + 1]],
    ['that begins behind the end', [bytes.length, 1]],
    ['of everything', [0, bytes.length]],
  ])('refuses a span %s', async (_what, span) => {
    const { details } = await expectCode(check(bytes, spanned(span)), 'hash-mismatch');
    expect(details).toMatchObject({ path: 'web/a', reason: expect.stringContaining('span') });
  });
});
