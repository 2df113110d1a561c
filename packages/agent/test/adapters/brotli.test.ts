/** Brotli as a stream, and whose failure it is when it ends too early. */
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { unbrotli } from '../../src/adapters/brotli.ts';

const BYTES = Buffer.concat([randomBytes(100_000), Buffer.alloc(1_000_000)]);
const PACKED = brotliCompressSync(BYTES);

async function* inPieces(bytes: Uint8Array, failure?: Error): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
  if (failure !== undefined) throw failure;
}

describe('unbrotli', () => {
  it('gives what was compressed', async () => {
    expect((await buffer(unbrotli(inPieces(PACKED)))).equals(BYTES)).toBe(true);
  });

  it.each([
    ['is none', Buffer.from('not brotli at all, and long enough to tell')],
    ['is cut', PACKED.subarray(0, -1)],
    ['is empty', Buffer.alloc(0)],
  ])('refuses what %s', async (_what, bytes) => {
    await expectCode(buffer(unbrotli(inPieces(bytes))), 'bundle-invalid');
  });

  it('fails as the content fails', async () => {
    const failure = new Error('the stick was pulled out');
    const work = buffer(unbrotli(inPieces(PACKED.subarray(0, 5000), failure)));
    await expect(work).rejects.toBe(failure);
  });

  it('asks for no more than is taken', async () => {
    let isClosed = false;
    const content = async function* (): AsyncGenerator<Uint8Array, void> {
      try {
        yield* inPieces(PACKED);
      } finally {
        isClosed = true;
      }
    };
    for await (const chunk of unbrotli(content())) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await expect.poll(() => isClosed, { timeout: 10_000 }).toBe(true);
  });
});
