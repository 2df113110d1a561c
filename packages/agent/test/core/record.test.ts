/** Our own small files: what was written is read back, and a torn or foreign one is recognised for certain. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { UpdateError, type ErrorCode } from '@pikit/protocol';
import { checksum } from '../../src/core/checksum.ts';
import {
  encodeRecord,
  isDamage,
  isTorn,
  parseRecord,
  RECORD_FORMAT,
} from '../../src/core/record.ts';
import { toBytes } from '../support/a-manifest.ts';

const FILE = '/var/lib/pikit-update/journal.json';

const Schema = v.object({
  name: v.string(),
  count: v.number(),
  maybe: v.nullable(v.object({ note: v.string() })),
});

const CONTENT = { name: 'Grüße "x" 🙂\n', count: 7, maybe: { note: 'tab\t' } };

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const WHOLE = bytesOf(encodeRecord(CONTENT));

/** As an agent of another version would write it, with a right checksum. */
function written(content: Readonly<Record<string, unknown>>, format: unknown = RECORD_FORMAT) {
  return toBytes({ format, checksum: checksum(JSON.stringify(content)), ...content });
}

async function reasonOf(bytes: Uint8Array): Promise<unknown> {
  const error = await expectCode(() => parseRecord(bytes, Schema, FILE), 'state-damaged');
  expect(error.details['file']).toBe(FILE);
  return error.details['reason'];
}

describe('encodeRecord', () => {
  it.each([
    CONTENT,
    { name: '', count: 0, maybe: null },
    { name: '\u2028\ud83d', count: 1e21, maybe: null },
    { name: '7', count: -0.1, maybe: { note: '__proto__' } },
  ])('writes what parseRecord reads: %j', (content) => {
    expect(parseRecord(bytesOf(encodeRecord(content)), Schema, FILE)).toEqual(content);
  });

  it('writes a document that a person can read and a program can check', () => {
    const text = encodeRecord({ name: 'a', count: 1, maybe: null });
    const sum = checksum('{"name":"a","count":1,"maybe":null}');
    expect(text).toBe(
      `{\n  "format": 1,\n  "checksum": "${sum}",\n  "name": "a",\n  "count": 1,\n  "maybe": null\n}\n`,
    );
  });

  it('leaves out members that have no value', () => {
    const text = encodeRecord({ ...CONTENT, later: undefined });
    expect(parseRecord(bytesOf(text), Schema, FILE)).toEqual(CONTENT);
  });
});

describe('parseRecord', () => {
  it('leaves out what a later agent adds, and still checks it', async () => {
    const later = { ...CONTENT, trust: ['key'], maybe: { note: 'n', more: 1 } };
    expect(parseRecord(written(later), Schema, FILE)).toEqual({ ...CONTENT, maybe: { note: 'n' } });
    const changed = new TextDecoder().decode(written(later)).replace('key', 'kez');
    expect(await reasonOf(bytesOf(changed))).toBe('checksum differs');
  });

  it('does not mind the white space of another writer', () => {
    expect(parseRecord(written(CONTENT), Schema, FILE)).toEqual(CONTENT);
  });

  it('recognises every way of being cut short', async () => {
    // The last byte is the line break, which carries nothing.
    for (let length = 0; length < WHOLE.length - 1; length += 1) {
      expect(await reasonOf(WHOLE.subarray(0, length))).toBe('not a JSON object');
    }
  });

  it('recognises every block of zeros that a power cut can leave', async () => {
    for (let start = 0; start < WHOLE.length; start += 16) {
      expect(await reasonOf(Uint8Array.from(WHOLE).fill(0, start))).toBeDefined();
    }
  });

  it('does not take bytes that are no UTF-8 for the sign that stands for them', async () => {
    const whole = Buffer.from(encodeRecord({ ...CONTENT, name: '\uFFFD' }));
    const at = whole.indexOf('\uFFFD');
    const torn = Buffer.concat([whole.subarray(0, at), Buffer.of(0xff), whole.subarray(at + 3)]);
    expect(torn.toString()).toBe(whole.toString());
    expect(await reasonOf(torn)).toBe('not a JSON object');
  });

  it('recognises every flipped bit', () => {
    const survived: string[] = [];
    for (let at = 0; at < WHOLE.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const flipped = Uint8Array.from(WHOLE);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        try {
          parseRecord(flipped, Schema, FILE);
          survived.push(`bit ${String(bit)} of byte ${String(at)}`);
        } catch (error) {
          if (!(error instanceof UpdateError && error.code === 'state-damaged')) throw error;
        }
      }
    }
    expect(survived).toEqual([]);
  });

  it.each([
    ['nothing', new Uint8Array(), 'not a JSON object'],
    ['zeros', new Uint8Array(64), 'not a JSON object'],
    ['a number', toBytes(1), 'not a JSON object'],
    ['null', toBytes(null), 'not a JSON object'],
    ['bytes that are no UTF-8', Uint8Array.from([0x7b, 0xff, 0x7d]), 'not a JSON object'],
    ['a list', toBytes([CONTENT]), 'unknown format'],
    ['a document of somebody else', toBytes(CONTENT), 'unknown format'],
    ['a later format', written(CONTENT, 2), 'unknown format'],
    ['a format in quotes', written(CONTENT, '1'), 'unknown format'],
    ['no checksum', toBytes({ format: 1, ...CONTENT }), 'checksum differs'],
    [
      'another order of members',
      toBytes({
        format: 1,
        checksum: checksum(JSON.stringify(CONTENT)),
        count: 7,
        name: CONTENT.name,
        maybe: CONTENT.maybe,
      }),
      'checksum differs',
    ],
  ])('refuses %s', async (_what, bytes, reason) => {
    expect(await reasonOf(bytes)).toBe(reason);
  });

  it('refuses a whole record that is not what the schema says', async () => {
    expect(await reasonOf(written({ ...CONTENT, count: 'seven' }))).toMatch(/number/);
  });
});

const failed = (code: ErrorCode, errno?: string) =>
  new UpdateError(code, code, errno === undefined ? {} : { details: { errno } });

describe('isDamage', () => {
  it.each([
    ['torn', failed('state-damaged'), true, true],
    ['larger than any of ours', failed('too-large'), true, true],
    ['on a bad sector', failed('write-failed', 'EIO'), false, true],
    ['on a filesystem that is damaged', failed('write-failed', 'EUCLEAN'), false, true],
    ['not to be read this time', failed('write-failed', 'EMFILE'), false, false],
    ['met by a fault of ours', new TypeError('of ours'), false, false],
  ])('of a record that is %s', (_what, error, torn, damaged) => {
    expect([isTorn(error), isDamage(error)]).toEqual([torn, damaged]);
  });
});
