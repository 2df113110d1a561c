/** Lines survive any way of cutting the stream, and nothing too long or malformed gets as far as a parser. */
import { describe, expect, it } from 'vitest';
import { createLineDecoder, encodeLine, MAX_LINE_BYTES } from '../src/framing.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const withCode = (code: string): unknown => expect.objectContaining({ code });

/** ASCII, two, three and four bytes a letter, and a newline that JSON has to escape. */
const MESSAGE = { text: 'abc é € 😀 a\nb', list: [1, 2] };

describe('createLineDecoder', () => {
  it('returns a message whole, wherever the stream was cut in two', () => {
    const line = bytes(encodeLine(MESSAGE));
    for (let cut = 0; cut <= line.length; cut += 1) {
      const decoder = createLineDecoder();
      const lines = [...decoder.push(line.subarray(0, cut)), ...decoder.push(line.subarray(cut))];
      expect(
        lines.map((each): unknown => JSON.parse(each)),
        `cut at ${cut}`,
      ).toEqual([MESSAGE]);
    }
  });

  it('returns a message whole when it comes byte by byte in a buffer that is used again', () => {
    const decoder = createLineDecoder();
    const reused = new Uint8Array(1);
    const lines: string[] = [];
    for (const byte of bytes(encodeLine(MESSAGE))) {
      reused[0] = byte;
      lines.push(...decoder.push(reused));
    }
    expect(lines.map((each): unknown => JSON.parse(each))).toEqual([MESSAGE]);
  });

  it('returns all lines of one chunk in order and keeps the unfinished rest', () => {
    const decoder = createLineDecoder();
    expect(decoder.push(bytes('1\n2\n"a'))).toEqual(['1', '2']);
    expect(decoder.push(bytes('b"\n3'))).toEqual(['"ab"']);
    expect(decoder.push(bytes('\n'))).toEqual(['3']);
  });

  it.each([['\n\n'], [' \n\t\n'], ['\r\n'], ['']])('takes %j for no message', (text) => {
    expect(createLineDecoder().push(bytes(text))).toEqual([]);
  });

  it('finds the message between empty lines', () => {
    expect(createLineDecoder().push(bytes('\n1\n\n2\n\n'))).toEqual(['1', '2']);
  });

  it('takes a line of exactly the limit', () => {
    expect(createLineDecoder(4).push(bytes('abcd\n'))).toEqual(['abcd']);
  });

  it('counts bytes, not letters', () => {
    expect(() => createLineDecoder(4).push(bytes('€€\n'))).toThrow(withCode('invalid-request'));
  });

  it('limits the line, not the chunk', () => {
    expect(createLineDecoder(4).push(bytes('abcd\nefgh\n'))).toEqual(['abcd', 'efgh']);
  });

  it('refuses a line that passes the limit before its end has come', () => {
    const decoder = createLineDecoder(4);
    expect(decoder.push(bytes('abcd'))).toEqual([]);
    expect(() => decoder.push(bytes('e'))).toThrow(
      expect.objectContaining({ code: 'invalid-request', details: { limit: 4 } }),
    );
  });

  it('stays refused after a line that was too long', () => {
    const decoder = createLineDecoder(4);
    expect(() => decoder.push(bytes('abcde'))).toThrow(withCode('invalid-request'));
    expect(() => decoder.push(bytes('\n1\n'))).toThrow(withCode('invalid-request'));
  });

  it('stays refused after a line that was not UTF-8', () => {
    const decoder = createLineDecoder();
    expect(() => decoder.push(Uint8Array.of(0xff, 0x0a))).toThrow(withCode('invalid-request'));
    expect(() => decoder.push(bytes('1\n'))).toThrow(withCode('invalid-request'));
  });

  it('keeps no more than the bytes of a line that comes byte by byte', () => {
    const decoder = createLineDecoder();
    const before = process.memoryUsage();
    for (let sent = 0; sent < MAX_LINE_BYTES; sent += 1) decoder.push(Uint8Array.of(0x61));
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(8 * MAX_LINE_BYTES);
    expect(decoder.push(bytes('\n'))).toEqual(['a'.repeat(MAX_LINE_BYTES)]);
  });

  it('has a default limit that a chunk of that size meets', () => {
    const decoder = createLineDecoder();
    expect(decoder.push(new Uint8Array(MAX_LINE_BYTES).fill(0x61))).toEqual([]);
    expect(() => decoder.push(bytes('a'))).toThrow(withCode('invalid-request'));
  });

  it.each([
    ['a byte that UTF-8 never has', [0xff]],
    ['a letter cut short by the end of the line', [0xe2, 0x82]],
    ['an overlong form', [0xc0, 0xaf]],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
  ])('refuses %s', (_what, malformed) => {
    expect(() => createLineDecoder().push(Uint8Array.from([...malformed, 0x0a]))).toThrow(
      withCode('invalid-request'),
    );
  });
});

describe('encodeLine', () => {
  it('ends a message with the only newline in it', () => {
    const line = encodeLine({ text: 'a\nb\r\nc' });
    expect(line.indexOf('\n')).toBe(line.length - 1);
  });
});
