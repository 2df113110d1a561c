/** What the real `tar` writes comes out right, and what is torn, padded or never read neither passes nor hangs. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { UpdateError } from '@pikit/protocol';
import { pack, type Header } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { createArchive } from '../../src/adapters/archive-tar.ts';
import type { ArchiveEntry } from '../../src/ports.ts';

const PLENTY = 50_000_000;
const archive = createArchive();

async function* inPieces(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += size) {
    yield bytes.subarray(offset, offset + size);
  }
}

const small = (): Promise<Buffer> => tarOf(file('a', 'hello'), file('b', 'x'.repeat(5000)));
const skip = async (): Promise<void> => undefined;

interface Seen extends ArchiveEntry {
  readonly text: string;
}

async function readAll(bytes: Uint8Array, maxBytes = PLENTY): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  await archive.read(inPieces(bytes), maxBytes, async (entry, body) => {
    seen.push({ ...entry, text: (await buffer(body)).toString() });
  });
  return seen;
}

type Item = Partial<Header> & { readonly name: string; readonly body?: string };

async function tarOf(...items: readonly Item[]): Promise<Buffer> {
  const tar = pack();
  for (const { body = '', ...header } of items) tar.entry(header, body);
  tar.finalize();
  return buffer(tar as AsyncIterable<Uint8Array>);
}

const file = (name: string, body: string): Item => ({ name, body, mode: 0o644 });

async function realTar(root: string, ...options: readonly string[]): Promise<Buffer> {
  execFileSync('tar', [...options, '-czf', join(root, 'x.tgz'), '-C', join(root, 'in'), '.']);
  return readFile(join(root, 'x.tgz'));
}

describe('createArchive, with what tar writes', () => {
  it.each(['ustar', 'gnu', 'posix'])('reads the %s format, ./ prefixes and modes', (format) =>
    withTempDir(async (root) => {
      await mkdir(join(root, 'in/web'), { recursive: true });
      await writeFile(join(root, 'in/web/index.html'), '<html>', { mode: 0o640 });
      await symlink('/etc/passwd', join(root, 'in/link'));
      const seen = await readAll(await realTar(root, `--format=${format}`, '--sort=name'));
      expect(seen.map(({ path, type }) => [path, type])).toEqual([
        ['./', 'directory'],
        ['./link', 'symlink'],
        ['./web/', 'directory'],
        ['./web/index.html', 'file'],
      ]);
      expect(seen[3]).toMatchObject({ mode: 0o640, size: 6, text: '<html>' });
    }),
  );

  it.each(['gnu', 'posix'])('reads long names in the %s format', (format) =>
    withTempDir(async (root) => {
      const name = `${'ü'.repeat(90)}/${'b'.repeat(180)}`;
      await mkdir(join(root, 'in', name), { recursive: true });
      await writeFile(join(root, 'in', name, 'f'), 'x');
      const seen = await readAll(await realTar(root, `--format=${format}`));
      expect(seen.at(-1)).toMatchObject({ path: `./${name}/f`, type: 'file', text: 'x' });
    }),
  );

  it('shows what gives a sparse file away in both formats', () =>
    withTempDir(async (root) => {
      await mkdir(join(root, 'in'));
      await writeFile(join(root, 'in/s'), 'x');
      await truncate(join(root, 'in/s'), 1_000_000);
      const gnu = await readAll(await realTar(root, '-S', '--format=gnu'));
      expect(gnu.at(-1)?.type).toBe('unknown');
      const posix = await readAll(await realTar(root, '-S', '--format=posix'));
      expect(Object.keys(posix.at(-1)?.pax ?? {}).join()).toContain('GNU.sparse.');
    }));

  it('names the types that the policy refuses', async () => {
    const types = ['link', 'symlink', 'fifo', 'character-device', 'contiguous-file'] as const;
    const items = types.map((type) => ({ name: type, linkname: 'x', type, size: 0 }));
    const seen = await readAll(gzipSync(await tarOf(...items)));
    expect(seen.map(({ type }) => type)).toEqual(types);
  });

  it('passes names and modes through unchecked', async () => {
    const seen = await readAll(
      gzipSync(await tarOf({ ...file('../../etc/x', 'x'), mode: 0o6755 })),
    );
    expect(seen).toMatchObject([{ path: '../../etc/x', mode: 0o6755 }]);
  });
});

describe('createArchive, with a visitor of its own mind', () => {
  it('skips a body that is not read, not read to its end, or given up halfway', async () => {
    const bytes = gzipSync(await tarOf(file('a', 'x'.repeat(300_000)), file('b', 'second')));
    for (const taste of [0, 1]) {
      const paths: string[] = [];
      await archive.read(inPieces(bytes), PLENTY, async ({ path }, body) => {
        paths.push(path);
        for await (const chunk of taste === 0 ? [] : body) if (chunk.length > 0) break;
      });
      expect(paths).toEqual(['a', 'b']);
    }
  });

  it('throws what the visitor threw, whatever the stream says, and stops the source', async () => {
    const refusal = new UpdateError('entry-refused', 'no');
    const odd = new TypeError('a bug');
    const bytes = gzipSync(
      await tarOf(file('a', 'x'), file('b', randomBytes(2_000_000).toString('hex'))),
    );
    for (const error of [refusal, odd]) {
      let closed = false;
      async function* source(): AsyncGenerator<Uint8Array> {
        try {
          yield* inPieces(bytes, 100);
        } finally {
          closed = true;
        }
      }
      const work = archive.read(source(), PLENTY, async () => {
        throw error;
      });
      await expect(work).rejects.toBe(error);
      expect(closed).toBe(true);
    }
  });

  it('throws what the source threw, also in the middle of a body', async () => {
    const bytes = gzipSync(await tarOf(file('a', randomBytes(500_000).toString('hex'))));
    const offline = new UpdateError('download-failed', 'gone');
    async function* source(): AsyncGenerator<Uint8Array> {
      yield* inPieces(bytes.subarray(0, 300_000));
      throw offline;
    }
    const work = archive.read(source(), PLENTY, async (_entry, body) => {
      await buffer(body);
    });
    await expect(work).rejects.toBe(offline);
  });
});

describe('createArchive, with damage', () => {
  it('refuses a stream that is empty, cut, not gzip or not tar', async () => {
    const gz = gzipSync(await small());
    await expectCode(readAll(Buffer.alloc(0)), 'bundle-invalid');
    await expectCode(readAll(gz.subarray(0, gz.length - 9)), 'bundle-invalid');
    await expectCode(readAll(Buffer.from('<html>Welcome</html>')), 'bundle-invalid');
    await expectCode(readAll(gzipSync(Buffer.alloc(2048, 'not tar'))), 'bundle-invalid');
    await expectCode(readAll(gzipSync((await small()).subarray(0, 2000))), 'bundle-invalid');
    await expectCode(readAll(gzipSync((await small()).subarray(0, 700))), 'bundle-invalid');
  });

  it.each([
    ['junk', Buffer.from('junk')],
    ['zeros', Buffer.alloc(20)],
    ['zeros and junk', Buffer.concat([Buffer.alloc(20), Buffer.from('junk')])],
    ['half a gzip header', Buffer.from([0x1f, 0x8b, 8])],
  ])('refuses %s after the end, in the same piece or a later one', async (_name, junk) => {
    const gz = gzipSync(await small());
    await expectCode(
      archive.read(inPieces(Buffer.concat([gz, junk]), 1e6), PLENTY, skip),
      'bundle-invalid',
    );
    async function* apart(): AsyncGenerator<Uint8Array> {
      yield gz;
      yield junk;
    }
    await expectCode(archive.read(apart(), PLENTY, skip), 'bundle-invalid');
  });

  it('delivers the entries of a second archive, in its own gzip member or not', async () => {
    const [one, other] = [await small(), await tarOf(file('c', 'more'))];
    for (const bytes of [
      gzipSync(Buffer.concat([one, other])),
      Buffer.concat([gzipSync(one), gzipSync(other)]),
    ]) {
      expect((await readAll(bytes)).map(({ path }) => path)).toEqual(['a', 'b', 'c']);
    }
  });

  it('reads an archive that ends between two entries as a short one', async () => {
    expect(await readAll(gzipSync((await small()).subarray(0, 1024)))).toHaveLength(1);
  });

  it('stops at the limit instead of filling the memory', async () => {
    const bomb = gzipSync(await tarOf(file('a', '\0'.repeat(20_000_000))));
    const error = await expectCode(readAll(bomb, 1_000_000), 'too-large');
    expect(error.details).toEqual({ limit: 1_000_000 });
  });

  it('refuses a directory with content, which tar readers understand differently', async () => {
    const tar = await tarOf({ name: 'd', type: 'directory', mode: 0o755 }, file('a', 'x'));
    tar.write('00000001000', 124);
    let sum = 8 * 32;
    for (let index = 0; index < 512; index += 1) {
      sum += index >= 148 && index < 156 ? 0 : (tar[index] ?? 0);
    }
    tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    await expectCode(readAll(gzipSync(tar)), 'bundle-invalid');
  });
});
