/** That each file can be cut out of the bundle by its span alone, and that the bundle is one archive all the same. */
import {
  chmod,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
  appendFile,
  mkdir,
} from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip, gunzipSync, gzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { collectSources } from '../../src/pack/sources.ts';
import { writeBundle } from '../../src/pack/seekable-bundle.ts';

const FILES: Readonly<Record<string, string>> = {
  'empty.txt': '',
  'block.bin': 'x'.repeat(512),
  'app.js': 'const a = 1;\n'.repeat(60_000),
  'deep/er/Größe 🍓.js': 'foreign',
  [`${'n'.repeat(180)}.js`]: 'long',
};
const BLOCK = 512;

let dir: TempDir;
beforeEach(async () => {
  dir = await makeTempDir();
  await mkdir(join(dir.path, 'web/deep/er'), { recursive: true });
  for (const [name, content] of Object.entries(FILES))
    await writeFile(join(dir.path, 'web', name), content);
  await symlink('deep', join(dir.path, 'web/link'));
});
afterEach(() => dir.remove());

const sources = () =>
  collectSources({ changelog: '', exclude: [], entry: [{ from: 'web', to: 'web' }] }, dir.path, '');

async function pack(name = 'a.tar.gz', mtime = 0) {
  const bundle = join(dir.path, name);
  const packed = await writeBundle(bundle, await sources(), mtime);
  return { ...packed, content: await readFile(bundle) };
}

describe('writeBundle', () => {
  it('gives each file a gzip member that holds just this file', async () => {
    const { files, content } = await pack();
    expect(files.map(({ path }) => path.slice(4)).toSorted()).toEqual(
      Object.keys(FILES).toSorted(),
    );
    for (const { path, sha256, size, span } of files) {
      const member = content.subarray(span[0], span[0] + span[1]);
      const tar = gunzipSync(member);
      const body = FILES[path.slice(4)] ?? 'nothing';
      const padded = Buffer.alloc(Math.ceil(Buffer.byteLength(body) / BLOCK) * BLOCK);
      padded.write(body);
      expect(tar.subarray(tar.length - padded.length).equals(padded), path).toBe(true);
      expect(Buffer.from(tar).includes(path), path).toBe(true);
      const isPlain = /^[ -~]{1,100}$/.test(path);
      // A header of its own, and before it the record of a name that does not fit.
      expect(tar.length - padded.length, path).toBe(isPlain ? BLOCK : 3 * BLOCK);
      expect({ size, sha256 }).toEqual({
        size: Buffer.byteLength(body),
        sha256: createHash('sha256').update(body).digest('hex'),
      });
    }
  });

  it('leaves no byte between members, and names neither time, name nor system in them', async () => {
    const { files, content, bytes, sha256 } = await pack();
    expect(bytes).toBe(content.length);
    expect(sha256).toBe(createHash('sha256').update(content).digest('hex'));
    for (const { span } of files) {
      const header = [...content.subarray(span[0], span[0] + 10)];
      expect(header).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
      const next = span[0] + span[1];
      expect([...content.subarray(next, next + 4)]).toEqual([0x1f, 0x8b, 8, 0]);
    }
  });

  it('is one archive to a library that knows nothing of members', async () => {
    await pack('a.tar.gz');
    const entries = extract();
    const found = new Map<string, string>();
    entries.on('entry', ({ name, linkname }, body, next) => {
      const chunks: Buffer[] = [];
      body.on('data', (chunk) => chunks.push(chunk as Buffer));
      body.on('end', () => {
        found.set(name, linkname ?? Buffer.concat(chunks).toString());
        next();
      });
    });
    await pipeline(createReadStream(join(dir.path, 'a.tar.gz')), createGunzip(), entries);
    const expected = {
      ...Object.fromEntries(Object.entries(FILES).map(([name, text]) => [`web/${name}`, text])),
      'web/': '',
      'web/deep/': '',
      'web/deep/er/': '',
      'web/link': 'deep',
    };
    expect(Object.fromEntries(found)).toEqual(expected);
    const names = [...found.keys()];
    expect(names.slice(0, 3)).toEqual(['web/', 'web/deep/', 'web/deep/er/']);
    const files = names.slice(3, -1).map((name) => Buffer.from(name));
    expect(files).toEqual(files.toSorted((one, other) => Buffer.compare(one, other)));
    expect(names.at(-1)).toBe('web/link');
  });

  it('says what the same archive takes as a single member', async () => {
    const { content, solidBytes } = await pack();
    expect(solidBytes).toBe(gzipSync(gunzipSync(content), { level: 9 }).length);
  });

  it('writes the time that it is given into every header', async () => {
    const tar = gunzipSync((await pack('a.tar.gz', 1795651200)).content);
    expect(tar.toString('latin1', 136, 147)).toBe('15301673200');
  });

  it('gives the same bytes for other times and modes of the sources', async () => {
    const before = await pack('a.tar.gz');
    await utimes(join(dir.path, 'web/app.js'), 1, 1);
    await chmod(join(dir.path, 'web/app.js'), 0o640);
    const after = await pack('b.tar.gz');
    expect(after.content.equals(before.content)).toBe(true);
  });

  it.each([
    ['grew', 'bundle-invalid', () => appendFile(join(dir.path, 'web/app.js'), 'more')],
    ['shrank', 'bundle-invalid', () => writeFile(join(dir.path, 'web/app.js'), 'less')],
    ['went', 'file-missing', () => rm(join(dir.path, 'web/app.js'))],
  ] as const)('refuses a file that %s meanwhile', async (_what, code, change) => {
    const collected = await sources();
    await change();
    const error = await expectCode(writeBundle(join(dir.path, 'x'), collected, 0), code);
    expect(error.message).toContain('app.js');
  });
});
