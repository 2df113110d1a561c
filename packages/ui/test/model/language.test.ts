/** A language is its words together with its way of writing numbers. */
import { expect, it } from 'vitest';
import { german } from '../../src/catalogue/german.ts';
import { createLanguage } from '../../src/model/language.ts';

it('joins words and numbers of one language', () => {
  const language = createLanguage('de', german);
  expect(language.words).toBe(german);
  expect(language.bytes(2_841_600)).toBe('2,8 MB');
  expect(language.tag).toBe('de');
});
