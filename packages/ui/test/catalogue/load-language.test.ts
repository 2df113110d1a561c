/** The tag of a page leads to a language that there is. */
import { expect, it } from 'vitest';
import { loadChipLanguage, loadLanguage } from '../../src/catalogue/load-language.ts';

it.each([
  ['de', 'de', 'Jetzt suchen'],
  ['de-AT', 'de-AT', 'Jetzt suchen'],
  ['DE', 'DE', 'Jetzt suchen'],
  ['en-GB', 'en-GB', 'Check now'],
  ['del', 'en', 'Check now'],
  ['fr', 'en', 'Check now'],
  ['', 'en', 'Check now'],
  ['not a tag', 'en', 'Check now'],
])('speaks for %j as %s', async (tag, spoken, check) => {
  const language = await loadLanguage(tag);
  expect(language.tag).toBe(spoken);
  expect(language.words.buttons.check).toBe(check);
});

it.each([
  ['de-AT', 'Anmelden'],
  ['fr', 'Sign in'],
])('has for %j the words of the chip alone, before all others', async (tag, signIn) => {
  const { words } = await loadChipLanguage(tag);
  expect(words.chip['signed-out']).toBe(signIn);
  expect(words).not.toHaveProperty('buttons');
});
