/** What fills the dialog comes in the language of the chip. */
import { expect, it } from 'vitest';
import { loadChipLanguage } from '../src/catalogue/load-language.ts';
import { loadDialog } from '../src/load-dialog.ts';

it.each([
  ['de', 'Jetzt suchen'],
  ['en', 'Check now'],
])('brings code, looks and words for %s', async (tag, check) => {
  const { filling, language } = await loadDialog(await loadChipLanguage(tag), 0);
  expect(language.words.buttons.check).toBe(check);
  expect(language.words.chip.name).toBe('Updates');
  expect(typeof filling.draw).toBe('function');
});
