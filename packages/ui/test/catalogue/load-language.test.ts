/** The tag of a page leads to a language that there is. */
import { expect, it } from 'vitest';
import { loadLanguage } from '../../src/catalogue/load-language.ts';

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
