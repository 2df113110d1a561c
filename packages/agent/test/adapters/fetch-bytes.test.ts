/** The whole of a small document, or a reason; what is sent and refused on the way is tested with http-got. */
import { UpdateError } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createClock } from '../../src/adapters/clock-system.ts';
import { createGetBytes } from '../../src/adapters/fetch-bytes.ts';
import type { HttpAnswer } from '../../src/adapters/http.ts';
import { never } from './http-server.ts';
import { chunksOf } from './recording-file-system.ts';

async function* breaking(): AsyncGenerator<Uint8Array> {
  yield* chunksOf('half');
  throw new UpdateError('download-failed', 'broke off');
}

const header = (name: string) => (name === 'content-type' ? 'text/html' : undefined);

/** Answers in turn, and says which were given back. */
function scene(...bodies: readonly (() => AsyncIterable<Uint8Array>)[]) {
  const discarded: number[] = [];
  let turn = 0;
  const getBytes = createGetBytes({
    clock: createClock(),
    retry: { tries: 2, firstDelayMs: 1, longestDelayMs: 1 },
    open: async (): Promise<HttpAnswer> => {
      const number = (turn += 1);
      const body = (bodies[number - 1] ?? breaking)();
      const discard = () => discarded.push(number);
      return { status: 200, header, redirected: true, body, discard };
    },
  });
  const get = () => getBytes('http://h/x', { maxBytes: 10, accept: '*/*', signal: never });
  return { get, discarded };
}

describe('createGetBytes', () => {
  it('gives the second try when the first one breaks off', async () => {
    const { get, discarded } = scene(breaking, () => chunksOf('who', 'le'));
    const document = await get();
    expect(Buffer.from(document.bytes).toString()).toBe('whole');
    expect(document).toMatchObject({ isHtml: true, redirected: true, link: undefined });
    expect(discarded).toEqual([1, 2]);
  });

  it('gives up after the last try, and at once on what no try can change', async () => {
    const broken = scene();
    await expectCode(broken.get(), 'download-failed');
    expect(broken.discarded).toEqual([1, 2]);
    const large = scene(() => chunksOf('12345', '678901'));
    await expectCode(large.get(), 'too-large');
    expect(large.discarded).toEqual([1]);
  });
});
