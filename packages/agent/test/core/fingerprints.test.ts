/** Marks by which files are known, and their record, which may be torn. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodeFingerprints, markOf, parseFingerprints } from '../../src/core/fingerprints.ts';

const digest = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
const STAMP = { inode: '9007199254740993', size: 10, mtimeNs: '1', ctimeNs: '2' };

describe('markOf', () => {
  it.each([
    ['inode', { inode: '9007199254740992' }],
    ['size', { size: 11 }],
    ['time of its content', { mtimeNs: '3' }],
    ['time of its last change', { ctimeNs: '3' }],
  ])('changes with the %s', (_what, change) => {
    expect(markOf({ ...STAMP }, digest)).toBe(markOf(STAMP, digest));
    expect(markOf({ ...STAMP, ...change }, digest)).not.toBe(markOf(STAMP, digest));
  });

  it('does not take one number for a part of the next', () => {
    const one = { ...STAMP, mtimeNs: '12', ctimeNs: '3' };
    expect(markOf(one, digest)).not.toBe(markOf({ ...one, mtimeNs: '1', ctimeNs: '23' }, digest));
  });
});

describe('the record', () => {
  const marks = [markOf(STAMP, digest), ''];
  const text = Buffer.from(encodeFingerprints({ tree: '1.0.0-aaaaaaaa', marks }));

  it('is read again', () => {
    expect(parseFingerprints(text, '1.0.0-aaaaaaaa', 2)).toEqual({ tree: '1.0.0-aaaaaaaa', marks });
  });

  it.each([
    ['cut', text.subarray(0, -1)],
    ['cut within a line', text.subarray(0, -4)],
    ['empty', Buffer.alloc(0)],
    ['full of zeros', Buffer.alloc(text.length)],
    ['longer', Buffer.concat([text, text])],
  ])('counts for nothing when it is %s', (_what, bytes) => {
    expect(parseFingerprints(bytes, '1.0.0-aaaaaaaa', 2)).toBeUndefined();
  });

  it('counts for no other tree', () => {
    expect(parseFingerprints(text, '1.0.0-bbbbbbbb', 2)).toBeUndefined();
    expect(parseFingerprints(text, '1.0.0-aaaaaaaa', 3)).toBeUndefined();
  });
});
