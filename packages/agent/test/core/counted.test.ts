/** One is not several. */
import { expect, it } from 'vitest';
import { counted } from '../../src/core/counted.ts';

it('adds an s unless it is one', () => {
  expect([0, 1, 2].map((count) => counted(count, 'file'))).toEqual([
    '0 files',
    '1 file',
    '2 files',
  ]);
});
