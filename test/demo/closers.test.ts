/** Ctrl-C may come at any moment: whatever was started must be ended, once, in reverse order. */
import { describe, expect, it } from 'vitest';
import { createClosers } from './closers.ts';

const noting = (notes: string[], name: string) => async () => {
  notes.push(name);
};

describe('createClosers', () => {
  it('closes in reverse order, and only once', async () => {
    const notes: string[] = [];
    const closers = createClosers();
    await closers.add(noting(notes, 'first'));
    await closers.add(noting(notes, 'second'));
    await Promise.all([closers.closeAll(), closers.closeAll()]);
    expect(notes).toEqual(['second', 'first']);
  });

  it('closes what comes too late at once', async () => {
    const notes: string[] = [];
    const closers = createClosers();
    await closers.closeAll();
    await closers.add(noting(notes, 'late'));
    expect(notes).toEqual(['late']);
  });

  it('closes the others when one fails, and says so at the end', async () => {
    const notes: string[] = [];
    const closers = createClosers();
    await closers.add(noting(notes, 'first'));
    await closers.add(() => Promise.reject(new Error('stuck')));
    expect(await closers.closeAll().catch((error: unknown) => String(error))).toBe('Error: stuck');
    expect(notes).toEqual(['first']);
  });
});
