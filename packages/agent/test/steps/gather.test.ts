/** What comes out is what went in, in fewer pieces. */
import { describe, expect, it } from 'vitest';
import { gather } from '../../src/steps/gather.ts';

async function* piecesOf(content: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += length) yield content.subarray(at, at + length);
}

async function gathered(content: Uint8Array, length: number, bytes = content.length) {
  const chunks: Uint8Array[] = [];
  // Each holds only until the next is asked for.
  for await (const chunk of gather(piecesOf(content, length), bytes)) chunks.push(chunk.slice());
  return chunks;
}

const CONTENT = Uint8Array.from({ length: 200_000 }, (_, index) => index % 251);

describe('gather', () => {
  it('takes room once, however much comes', async () => {
    const rooms = new Set<ArrayBufferLike>();
    for await (const chunk of gather(piecesOf(CONTENT, 1000), CONTENT.length))
      rooms.add(chunk.buffer);
    expect(rooms.size).toBe(1);
  });

  it.each([1, 7, 65_536, 65_537, 200_000])(
    'gives pieces of %i bytes as few chunks',
    async (length) => {
      const chunks = await gathered(CONTENT, length);
      expect(Buffer.concat(chunks).equals(CONTENT)).toBe(true);
      expect(chunks.map((chunk) => chunk.length)).toEqual([65_536, 65_536, 65_536, 3392]);
    },
  );

  it('takes no more room than what will come, and takes more all the same', async () => {
    const small = CONTENT.subarray(0, 100);
    const { value: first } = await gather(piecesOf(small, 3), 100).next();
    expect(first?.buffer.byteLength).toBe(100);
    expect(Buffer.concat(await gathered(small, 3, 10)).equals(small)).toBe(true);
    expect(await gathered(new Uint8Array(), 3)).toEqual([]);
  });
});
