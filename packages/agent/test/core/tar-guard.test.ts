/** Archives that no honest program writes, block by block: refused whatever pieces they arrive in, each with its code. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createTarGuard, TAR_LIMITS, type TarEntry } from '../../src/core/tar-guard.ts';
import { END, pax, rawEntry, rawTar, type RawEntry } from '../support/tar-blocks.ts';

function read(bytes: Uint8Array, pieceBytes: number): readonly TarEntry[] {
  const guard = createTarGuard();
  const entries: TarEntry[] = [];
  for (let offset = 0; offset < bytes.length; offset += pieceBytes) {
    guard.push(bytes.subarray(offset, offset + pieceBytes));
    for (let entry = guard.take(); entry !== undefined; entry = guard.take()) entries.push(entry);
  }
  guard.end();
  return entries;
}

const PIECES = [1, 511, 512, 513, 4096, 1_000_000];

async function refusal(bytes: Uint8Array, code: 'entry-refused' | 'bundle-invalid') {
  const errors = [];
  for (const piece of PIECES) errors.push(await expectCode(() => read(bytes, piece), code));
  return errors[0]?.details['reason'];
}

const FILE: RawEntry = { name: 'web/a.js', body: 'x'.repeat(700) };
const GNU = 'ustar  \0';
const longPath = (name: string): RawEntry => ({
  name: '././@LongLink',
  typeflag: 'L',
  magic: GNU,
  body: `${name}\0`,
});
const longLink = (text: string): RawEntry => ({ ...longPath(text), typeflag: 'K' });

describe('createTarGuard, passing over contents', () => {
  it('goes on at the next header, as if it had seen them', () => {
    const guard = createTarGuard();
    guard.push(rawEntry(FILE).subarray(0, 512));
    expect(guard.take()?.path).toBe(FILE.name);
    guard.pass();
    guard.push(rawEntry({ name: 'b' }));
    expect(guard.take()?.path).toBe('b');
    guard.pass();
    guard.push(END);
    guard.end();
  });
});

describe('createTarGuard, with what programs write', () => {
  it('tells files, directories and links, whatever pieces they come in', () => {
    const bytes = rawTar(
      { name: './', typeflag: '5', mode: '0000755\0' },
      FILE,
      { ...FILE, name: 'old', typeflag: '\0' },
      { name: 'web/b', typeflag: '2', linkName: 'a.js', mode: '0000777\0' },
    );
    for (const piece of PIECES) {
      expect(read(bytes, piece)).toEqual([
        { path: './', type: 'directory', mode: 0o755, size: 0, linkText: '' },
        { path: 'web/a.js', type: 'file', mode: 0o644, size: 700, linkText: '' },
        { path: 'old', type: 'file', mode: 0o644, size: 700, linkText: '' },
        { path: 'web/b', type: 'symlink', mode: 0o777, size: 0, linkText: 'a.js' },
      ]);
    }
  });

  it('takes long names of both kinds, and no longer than for the one entry', () => {
    const long = `${'d/'.repeat(100)}f`;
    const entries = read(
      rawTar(
        { name: 'pax_global_header', typeflag: 'g', body: '13 comment=a\n' },
        pax(['path', long], ['size', '700']),
        FILE,
        longLink(long),
        longPath(`${long}2`),
        { name: 'd', typeflag: '2', magic: GNU, linkName: 'cut' },
        FILE,
      ),
      600,
    );
    expect(entries.map(({ path, linkText }) => [path, linkText])).toEqual([
      [long, ''],
      [`${long}2`, long],
      ['web/a.js', ''],
    ]);
  });

  it('takes an end that fills up a record, and an archive of nothing', () => {
    expect(read(Buffer.concat([rawTar(FILE), Buffer.alloc(20 * 512)]), 512)).toHaveLength(1);
    expect(read(END, 512)).toEqual([]);
  });
});

describe('createTarGuard, structure', () => {
  const whole = rawTar(FILE);
  it.each([
    ['an empty stream', Buffer.alloc(0)],
    ['no end', whole.subarray(0, -1024)],
    ['half an end', whole.subarray(0, -512)],
    ['an end that is no whole block', whole.subarray(0, -1)],
    ['a cut header', whole.subarray(0, 300)],
    ['a cut body', whole.subarray(0, 900)],
    ['a cut padding', whole.subarray(0, 1300)],
    ['a second archive', Buffer.concat([whole, whole])],
    ['an entry after half an end', Buffer.concat([END.subarray(512), whole])],
    ['junk after its end', Buffer.concat([whole, Buffer.alloc(511), Buffer.from('x')])],
    ['text', Buffer.alloc(1024, 'not tar ')],
    ['a wrong checksum', rawTar({ ...FILE, checksum: '000001\0 ' })],
    ['the oldest format', rawTar({ ...FILE, magic: '\0'.repeat(8) })],
    ['a record without an entry', rawTar(FILE, pax(['path', 'a']))],
  ])('refuses %s', async (_what, bytes) => {
    await refusal(bytes, 'bundle-invalid');
  });

  it('stops at the header that is one too many, not at the end', async () => {
    const guard = createTarGuard();
    const directory = rawEntry({ name: 'd/', typeflag: '5' });
    const many = Buffer.concat(Array.from({ length: 1000 }, () => directory));
    for (let done = 0; done < TAR_LIMITS.headers; done += 1000) guard.push(many);
    const error = await expectCode(() => guard.push(directory), 'too-large');
    expect(error.details).toEqual({ entries: TAR_LIMITS.headers });
  });
});

describe('createTarGuard, entries', () => {
  it.each([
    ['1', 'link'],
    ['3', 'character-device'],
    ['4', 'block-device'],
    ['6', 'fifo'],
    ['7', 'contiguous-file'],
    ['S', 'sparse file'],
    ['M', 'piece of another volume'],
    ['V', 'volume label'],
    ['D', 'list of a directory'],
    ['N', 'old long name'],
    ['A', 'unknown'],
    ['X', 'unknown'],
    ['8', 'unknown'],
    ['\xff', 'unknown'],
  ])('refuses the type %j, with a body and without', async (typeflag, name) => {
    for (const body of ['', 'x'.repeat(600)]) {
      const bytes = rawTar({ name: 'evil', typeflag, body });
      expect(await refusal(bytes, 'entry-refused')).toBe(`type ${name}`);
    }
  });

  it.each<readonly [string, string, readonly RawEntry[]]>([
    ['a directory with content', 'directory with content', [{ ...FILE, typeflag: '5' }]],
    ['a link with content', 'symlink with content', [{ ...FILE, typeflag: '2', linkName: 'a' }]],
    ['a link to nothing', 'link to nothing', [{ name: 'l', typeflag: '2' }]],
    ['a file that is a link too', 'file that is a link too', [{ ...FILE, linkName: 'a' }]],
    [
      'a file that a record makes a link',
      'file that is a link too',
      [pax(['linkpath', '/etc/passwd']), FILE],
    ],
    ['a long link for a file', 'file that is a link too', [longLink('/etc'), FILE]],
    ['a size that a record contradicts', 'two sizes', [pax(['size', '0']), FILE]],
    ['a size in other digits', 'two sizes', [pax(['size', '0700']), FILE]],
    ['a size with a tail', 'two sizes', [pax(['size', '700x']), FILE]],
    ['a size below zero', 'two sizes', [pax(['size', '-1']), FILE]],
    [
      'a size beyond numbers',
      'no size',
      [{ ...FILE, size: '\x80\xff\xff\xff\xff\xff\xff\xff\xff' }],
    ],
    [
      'a sparse file by its records',
      'record GNU.sparse.major',
      [pax(['GNU.sparse.major', '1']), FILE],
    ],
    [
      'a name for all entries',
      'record path for all entries',
      [{ ...pax(['path', 'a']), typeflag: 'g' }, FILE],
    ],
    [
      'a size for all entries',
      'record size for all entries',
      [{ ...pax(['size', '1']), typeflag: 'g' }, FILE],
    ],
    ['a name twice in one record', 'record path twice', [pax(['path', 'a'], ['path', 'b']), FILE]],
    [
      'a record that does not add up',
      'a record without end',
      [{ ...pax(), body: '99 path=a\n' }, FILE],
    ],
    ['an empty record', 'empty record', [{ ...pax(), body: '' }, FILE]],
    [
      'a record that would fill the memory',
      'record too large',
      [pax(['comment', 'x'.repeat(TAR_LIMITS.recordBytes)]), FILE],
    ],
    [
      'a long name that would',
      'record too large',
      [longPath('x'.repeat(TAR_LIMITS.recordBytes)), FILE],
    ],
    [
      'two PAX headers',
      'too many records for one entry',
      [pax(['path', 'a']), pax(['path', 'b']), FILE],
    ],
    ['two long names', 'too many records for one entry', [longPath('a'), longPath('b'), FILE]],
    ['two long links', 'too many records for one entry', [longLink('a'), longLink('b'), FILE]],
    [
      'both kinds of long names',
      'too many records for one entry',
      [pax(['path', 'a']), longPath('b'), FILE],
    ],
    [
      'both kinds the other way',
      'too many records for one entry',
      [longPath('b'), pax(['path', 'a']), FILE],
    ],
    [
      'a global header between',
      'too many records for one entry',
      [pax(['path', 'a']), { ...pax(['comment', 'b']), typeflag: 'g' }, FILE],
    ],
    [
      'two global headers',
      'too many records for one entry',
      [{ ...pax(['a', 'b']), typeflag: 'g' }, { ...pax(['a', 'b']), typeflag: 'g' }, FILE],
    ],
    ['an empty long name', 'long name with something behind it', [longPath(''), FILE]],
    [
      'a long name with another behind',
      'long name with something behind it',
      [longPath('a\0b'), FILE],
    ],
  ])('refuses %s', async (_what, reason, entries) => {
    expect(await refusal(rawTar(...entries), 'entry-refused')).toBe(reason);
  });
});
