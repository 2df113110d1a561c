/** Trying again: only what may pass, and not for ever. */
import { UpdateError, type ErrorCode } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createRetrying } from '../../src/publish/retrying.ts';

const retrying = createRetrying(1);

function failing(code: ErrorCode, times: number) {
  let tries = 0;
  return {
    tries: () => tries,
    work: () => {
      tries += 1;
      return tries <= times ? Promise.reject(new UpdateError(code, 'x')) : Promise.resolve('done');
    },
  };
}

describe('createRetrying', () => {
  it('carries on where a failure passes', async () => {
    const { work, tries } = failing('offline', 2);
    expect(await retrying(work)).toBe('done');
    expect(tries()).toBe(3);
  });

  it('tells whoever waits of each try that failed', async () => {
    const notes: string[] = [];
    await createRetrying(1, (words) => notes.push(words))(failing('offline', 2).work);
    expect(notes).toEqual(['x; trying again', 'x; trying again']);
  });

  it('gives up after five tries, with the last failure', async () => {
    const { work, tries } = failing('offline', 99);
    await expectCode(retrying(work), 'offline');
    expect(tries()).toBe(5);
  });

  it('does not repeat what stays wrong', async () => {
    const { work, tries } = failing('hash-mismatch', 1);
    await expectCode(retrying(work), 'hash-mismatch');
    expect(tries()).toBe(1);
  });
});
