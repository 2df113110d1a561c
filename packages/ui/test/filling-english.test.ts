/** What the element loads later in English is all that it lacks. */
import { expect, it } from 'vitest';
import { english } from '../src/catalogue/english.ts';
import { filling, words } from '../src/filling-english.ts';

it('brings code, looks and words', () => {
  expect(words).toBe(english);
  expect(filling.css).not.toBe(undefined);
});
