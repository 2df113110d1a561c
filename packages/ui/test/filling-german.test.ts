/** What the element loads later in German is all that it lacks. */
import { expect, it } from 'vitest';
import { german } from '../src/catalogue/german.ts';
import { filling, words } from '../src/filling-german.ts';

it('brings code, looks and words', () => {
  expect(words).toBe(german);
  expect(filling.css).not.toBe(undefined);
});
