/** A language is its words together with its way of writing numbers. */
import { expect, it } from 'vitest';
import { germanChip } from '../../src/catalogue/german-chip.ts';
import { createLanguage } from '../../src/model/language.ts';

it('joins words and numbers of one language', () => {
  const language = createLanguage('de', germanChip);
  expect(language.words).toBe(germanChip);
  expect(language.bytes(2_841_600)).toBe('2,8 MB');
  expect(language.tag).toBe('de');
});
