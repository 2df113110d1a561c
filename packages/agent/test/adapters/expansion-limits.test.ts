/** A bomb is stopped while it goes off, and what merely compresses well is not. */
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createExpansionLimits, EXPANSION } from '../../src/adapters/expansion-limits.ts';

const MIB = 1024 * 1024;

async function expand(bytes: readonly Uint8Array[], maxBytes = 512 * MIB): Promise<number> {
  const limits = createExpansionLimits(maxBytes);
  let size = 0;
  await pipeline(bytes, limits.packed(), createGunzip(), limits.expanded(), async (chunks) => {
    for await (const chunk of chunks as AsyncIterable<Uint8Array>) size += chunk.length;
  });
  return size;
}

describe('createExpansionLimits', () => {
  it('lets a small archive compress as well as it can', async () => {
    expect(await expand([gzipSync(Buffer.alloc(EXPANSION.freeBytes))])).toBe(EXPANSION.freeBytes);
  });

  it('refuses what goes on like that beyond the free bytes', async () => {
    const bomb = gzipSync(Buffer.alloc(EXPANSION.freeBytes + MIB));
    const error = await expectCode(expand([bomb]), 'too-large');
    expect(error.details).toEqual({ limit: EXPANSION.freeBytes });
  });

  it('refuses a bomb that goes off behind honest bytes, within what they would allow', async () => {
    const random = Buffer.alloc(MIB, 'abcdefgh');
    const bombs = [gzipSync(random), gzipSync(Buffer.alloc(200 * MIB))];
    await expectCode(expand(bombs), 'too-large');
  });

  it('takes a large archive of ordinary bytes', async () => {
    const text = Buffer.from(
      Array.from({ length: MIB / 8 }, (_, index) => `line ${index}\n`).join(''),
    );
    const many = Array.from({ length: 40 }, () => gzipSync(text));
    expect(await expand(many)).toBe(40 * text.length);
  });

  it('refuses anything beyond the configured bytes', async () => {
    const error = await expectCode(expand([gzipSync(Buffer.alloc(3 * MIB))], MIB), 'too-large');
    expect(error.details).toEqual({ limit: MIB });
  });

  it('refuses input from which nothing comes', async () => {
    const empty = gzipSync(Buffer.alloc(0));
    const members = Buffer.concat(Array.from({ length: (3 * MIB) / empty.length }, () => empty));
    const pieces = Array.from({ length: 48 }, (_, at) =>
      members.subarray(at * 65536, (at + 1) * 65536),
    );
    await expectCode(expand(pieces), 'bundle-invalid');
  });

  it('passes the bytes through unchanged', async () => {
    const limits = createExpansionLimits(MIB);
    const stream = limits.expanded();
    stream.end(Buffer.from('hello'));
    expect((await buffer(stream)).toString()).toBe('hello');
  });
});
