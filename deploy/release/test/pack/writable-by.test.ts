/** That a pipeline waits for the function, and fails as the function fails. */
import { UpdateError } from '@pikit/protocol';
import { setTimeout } from 'node:timers/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { writableBy } from '../../src/pack/writable-by.ts';

const letters = () => Readable.from(['a', 'b', 'c'].map((letter) => Buffer.from(letter)));

describe('writableBy', () => {
  it('hands over one chunk at a time', async () => {
    const taken: string[] = [];
    const slow = async (chunk: Buffer): Promise<void> => {
      await setTimeout(chunk.toString() === 'a' ? 20 : 0);
      taken.push(chunk.toString());
    };
    await pipeline(letters(), writableBy(slow));
    expect(taken).toEqual(['a', 'b', 'c']);
  });

  it.each([
    [
      'at once',
      () => {
        throw new UpdateError('no-space', 'full');
      },
    ],
    [
      'later',
      async () => {
        await setTimeout(1);
        throw new UpdateError('no-space', 'full');
      },
    ],
  ])('lets the pipeline fail with what is thrown %s', async (_when, take) => {
    await expectCode(pipeline(letters(), writableBy(take)), 'no-space');
  });
});
