/** The page and the element inside it speak the same language. */
import { expect, it } from 'vitest';
import { loadPageLanguage } from '../../../src/host/catalogue/load-page-language.ts';

it.each([
  ['de-AT', 'de-AT', 'Jetzt suchen', 'Abmelden'],
  ['en-GB', 'en-GB', 'Check now', 'Sign out'],
  ['fr', 'en', 'Check now', 'Sign out'],
])('speaks for %j as %s', async (tag, spoken, check, signOut) => {
  const language = await loadPageLanguage(tag);
  expect(language.tag).toBe(spoken);
  expect([language.words.buttons.check, language.page.signOut]).toEqual([check, signOut]);
});
