/** What has arrived is handed out even when the connection breaks before anybody reads. */
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../../../../test/support/wait-for.ts';
import { readEagerly } from '../../src/adapters/eager-body.ts';

async function drain(body: AsyncIterable<Uint8Array>, into: string[]): Promise<void> {
  for await (const chunk of body) into.push(Buffer.from(chunk).toString());
}

describe('readEagerly', () => {
  it('gives what came before an error, and then the error', async () => {
    const stream = new PassThrough();
    const body = readEagerly(stream);
    const error = new Error('reset');
    const seen: string[] = [];
    stream.write('ab');
    stream.write('cd');
    await waitFor('the bytes to be taken in', () => stream.readableLength === 0);
    stream.destroy(error);
    await waitFor('the end', () => stream.closed);
    await expect(drain(body, seen)).rejects.toBe(error);
    expect(seen.join('')).toBe('abcd');
  });

  it('ends with the stream, and not quietly when it is closed early', async () => {
    const whole = new PassThrough();
    const seen: string[] = [];
    const done = drain(readEagerly(whole), seen);
    whole.end('all');
    await done;
    expect(seen).toEqual(['all']);
    const cut = new PassThrough();
    const broken = drain(readEagerly(cut), seen);
    cut.destroy();
    await expect(broken).rejects.toMatchObject({ message: 'closed before its end' });
  });

  it('does not take in more than its limit while nobody reads', async () => {
    const stream = new PassThrough();
    const body = readEagerly(stream);
    const piece = Buffer.alloc(64 * 1024);
    let written = 0;
    while (stream.write(piece) || !stream.isPaused()) {
      written += piece.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(written).toBeLessThan(2 * 1024 * 1024);
    stream.end();
    let read = 0;
    for await (const chunk of body) read += chunk.length;
    expect(read).toBeGreaterThanOrEqual(written);
  });
});
