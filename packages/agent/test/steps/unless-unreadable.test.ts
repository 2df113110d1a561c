/** A damaged file is as good as none; a mistake in the code is not. */
import { UpdateError } from '@pikit/protocol';
import { expect, it } from 'vitest';
import { unlessUnreadable } from '../../src/steps/unless-unreadable.ts';

const damaged = () => Promise.reject(new UpdateError('state-damaged', 'torn'));

it('gives what was read, and nothing for what cannot be', async () => {
  expect(await unlessUnreadable(async () => 1)).toBe(1);
  expect(await unlessUnreadable(damaged)).toBeUndefined();
});

it('passes on whatever else is wrong', async () => {
  const mistake = new TypeError('a mistake');
  const caught = await unlessUnreadable(() => Promise.reject(mistake)).catch(
    (error: unknown) => error,
  );
  expect(caught).toBe(mistake);
});
