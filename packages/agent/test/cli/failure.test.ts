/** Whose mistake it was. */
import { UpdateError } from '@pikit/protocol';
import { parseArgs } from 'node:util';
import { describe, expect, it } from 'vitest';
import { toFailure } from '../../src/cli/failure.ts';

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('toFailure', () => {
  it('keeps what has a code', () => {
    const error = new UpdateError('busy', 'busy');
    expect(toFailure(error)).toBe(error);
  });

  it('takes a mistake in the arguments for the caller’s', () => {
    const error = thrownBy(() => parseArgs({ args: ['--nonsense'], options: {} }));
    expect(toFailure(error)).toMatchObject({ code: 'invalid-request' });
  });

  it.each([new TypeError('a bug'), 'a string', undefined])(
    'takes %s for a bug of ours',
    (thrown) => {
      expect(toFailure(thrown).code).toBe('internal');
    },
  );
});
