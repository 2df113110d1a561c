/** What the real `tar` writes comes out right, and what is torn, padded or never read neither passes nor hangs. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { UpdateError } from '@pikit/protocol';
import { pack, type Header } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { createArchive } from '../../src/adapters/archive-tar.ts';
import { createTarGuard } from '../../src/core/tar-guard.ts';
import type { ArchiveEntry } from '../../src/ports.ts';
import { rawTar } from '../support/tar-blocks.ts';

const PLENTY = 50_000_000;
const archive = createArchive(createTarGuard);

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

  it.each(['gnu', 'posix'])('refuses a sparse file in the %s format', (format) =>
    withTempDir(async (root) => {
      await mkdir(join(root, 'in'));
      await writeFile(join(root, 'in/s'), 'x');
      await truncate(join(root, 'in/s'), 1_000_000);
      await expectCode(readAll(await realTar(root, '-S', `--format=${format}`)), 'entry-refused');
    }),
  );

  it('refuses a hard link, and takes the two files for it', () =>
    withTempDir(async (root) => {
      await mkdir(join(root, 'in'));
      await writeFile(join(root, 'in/a'), 'x');
      await link(join(root, 'in/a'), join(root, 'in/b'));
      await expectCode(readAll(await realTar(root)), 'entry-refused');
      const seen = await readAll(await realTar(root, '--hard-dereference'));
      expect(seen.map(({ text }) => text)).toEqual(['', 'x', 'x']);
    }));

  it('tells where a link leads, however long that is', () =>
    withTempDir(async (root) => {
      await mkdir(join(root, 'in'));
      const text = `${'ü/'.repeat(70)}x`;
      await symlink(text, join(root, 'in/l'));
      for (const format of ['gnu', 'posix']) {
        const seen = await readAll(await realTar(root, `--format=${format}`));
        expect(seen.at(-1)).toMatchObject({
          path: './l',
          type: 'symlink',
          linkText: text,
          size: 0,
        });
      }
    }));

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

  it('refuses a second archive, in its own gzip member or not', async () => {
    const [one, other] = [await small(), await tarOf(file('c', 'more'))];
    for (const bytes of [
      gzipSync(Buffer.concat([one, other])),
      Buffer.concat([gzipSync(one), gzipSync(other)]),
    ]) {
      await expectCode(readAll(bytes), 'bundle-invalid');
    }
  });

  it('refuses an archive that ends between two entries', async () => {
    await expectCode(readAll(gzipSync((await small()).subarray(0, 1024))), 'bundle-invalid');
  });

  it('stops at the limit instead of filling the memory', async () => {
    const bomb = gzipSync(await tarOf(file('a', '\0'.repeat(20_000_000))));
    const error = await expectCode(readAll(bomb, 1_000_000), 'too-large');
    expect(error.details).toEqual({ limit: 1_000_000 });
  });

  it('refuses what the guard refuses, before the visitor sees the entry', async () => {
    const bytes = gzipSync(rawTar({ name: 'a', typeflag: '1', linkName: '/etc/passwd' }));
    await expectCode(
      archive.read(inPieces(bytes), PLENTY, async ({ path }) => {
        throw new Error(`saw ${path}`);
      }),
      'entry-refused',
    );
  });

  it('refuses an archive in which the guard sees another entry than the library', async () => {
    const other = { path: 'b', type: 'file', mode: 0o644, size: 5, linkText: '' } as const;
    for (const patch of [{}, { path: 'a', size: 4 }, { path: 'a', mode: 0 }]) {
      const blind = createArchive(() => ({
        push: () => undefined,
        end: () => undefined,
        take: () => ({ ...other, ...patch }),
      }));
      const bytes = gzipSync(await tarOf(file('a', 'hello')));
      await expectCode(blind.read(inPieces(bytes), PLENTY, skip), 'bundle-invalid');
    }
  });
});
