/** A note for whoever waits. */
import { describe, expect, it } from 'vitest';
import { createLatch } from '../../../../test/support/latch.ts';
import { withNote } from '../../src/cli/patience.ts';

const refuse = (): never => {
  throw new Error('it is done');
};

describe('withNote', () => {
  it('notes once that it takes long, and answers all the same', async () => {
    const latch = createLatch();
    let notes = 0;
    const note = (): void => {
      notes += 1;
      latch.open();
    };
    expect(
      await withNote(
        latch.opened.then(() => 'done'),
        note,
        1,
      ),
    ).toBe('done');
    expect(notes).toBe(1);
  });

  it('says nothing of what is done, and passes a failure on', async () => {
    expect(await withNote(Promise.resolve('done'), refuse, 60_000)).toBe('done');
    await expect(withNote(Promise.reject(new Error('away')), refuse, 60_000)).rejects.toThrow(
      'away',
    );
  });
});
