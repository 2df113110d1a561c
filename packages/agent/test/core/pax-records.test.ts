/** What a PAX header may say of an entry, and what it may not say at all. */
import { describe, expect, it } from 'vitest';
import { parsePaxRecords } from '../../src/core/pax-records.ts';
import { paxBody } from '../support/tar-blocks.ts';

const parse = (body: string | Uint8Array, isGlobal = false): unknown =>
  parsePaxRecords(Buffer.from(body), { isGlobal });

describe('parsePaxRecords', () => {
  it('reads path, link and size, and leaves the rest aside', () => {
    const body = paxBody(
      ['mtime', '1795647541.88'],
      ['path', './web/ü=1.js'],
      ['linkpath', '../a'],
      ['size', '12'],
      ['SCHILY.xattr.user.note', 'a\nb'],
      ['LIBARCHIVE.creationtime', '1'],
      ['RHT.security.selinux', 'x'],
    );
    expect(parse(body)).toEqual({ path: './web/ü=1.js', linkText: '../a', size: '12' });
  });

  it('takes a comment for all entries, as git writes it', () => {
    expect(parse(paxBody(['comment', 'b'.repeat(40)]), true)).toEqual({
      path: undefined,
      linkText: undefined,
      size: undefined,
    });
  });

  it('counts bytes, not characters', () => {
    expect(parse('13 path=üü\n')).toMatchObject({ path: 'üü' });
    expect(parse('11 path=üü\n')).toHaveProperty('refusal');
  });

  it.each([
    ['no length', 'path=a\n'],
    ['a length of zero', '0 path=a\n'],
    ['a length with a sign', '+9 path=a\n'],
    ['a length with a leading zero', '010 path=a\n'],
    ['a length beyond all', `${'9'.repeat(20)} path=a\n`],
    ['a length that is too great', '99 path=a\n'],
    ['a length that ends within the length', '2 path=a\n'],
    ['a length that is too small', '8 path=a\n'],
    ['no newline', '9 path=abc'],
    ['no equals sign', '9 path a\n'],
    ['no key', '5 =a\n'],
    ['NULs behind it', '10 path=a\n\0\0'],
    ['half a record behind it', '10 path=a\n10 pat'],
  ])('refuses a record with %s', (_what, body) => {
    expect(parse(body)).toEqual({ refusal: 'a record without end' });
  });

  it.each([
    'GNU.sparse.major',
    'GNU.sparse.name',
    'GNU.sparse.map',
    'GNU.sparse.realsize',
    'GNU.volume.label',
    'GNU.dumpdir',
    'SCHILY.realsize',
    'SCHILY.filetype',
    'SUN.holesdata',
  ])('refuses %s, for one entry and for all', (key) => {
    expect(parse(paxBody([key, '1']))).toEqual({ refusal: `record ${key}` });
    expect(parse(paxBody([key, '1']), true)).toEqual({ refusal: `record ${key}` });
  });

  it.each(['path', 'linkpath', 'size'])('refuses %s twice, empty, or for all entries', (key) => {
    expect(parse(paxBody([key, '1'], [key, '1']))).toEqual({ refusal: `record ${key} twice` });
    expect(parse(paxBody([key, '']))).toEqual({ refusal: `record ${key} without a value` });
    expect(parse(paxBody([key, '1']), true)).toEqual({ refusal: `record ${key} for all entries` });
  });
});
