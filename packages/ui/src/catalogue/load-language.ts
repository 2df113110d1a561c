/**
 * The language for a tag, in two parts: the few words of the chip, and all others. English words of the chip are always here;
 * everything else is in files that only those load who read it.
 */
import { createLanguage, type ChipLanguage, type Language } from '../model/language.ts';
import type { DialogWords } from './english.ts';
import { englishChip } from './english-chip.ts';

/** Without a regular expression: to compile one that ignores case costs more than all else that is done here. */
const isIn = (language: string, tag: string): boolean =>
  tag.split('-', 1)[0]?.toLowerCase() === language;

export const isGerman = (tag: string): boolean => isIn('de', tag);

/** For a tag as in `lang="de-AT"`. English for a language that nobody has written yet, and where its file does not come. */
export async function loadChipLanguage(tag: string): Promise<ChipLanguage> {
  if (!isGerman(tag)) return createLanguage(isIn('en', tag) ? tag : 'en', englishChip);
  try {
    const { germanChip } = await import('./german-chip.ts');
    return createLanguage(tag, germanChip);
  } catch {
    // because an update may have replaced the file, or the line is down: words in English are better than none.
    return createLanguage('en', englishChip);
  }
}

export function withWords(language: ChipLanguage, words: DialogWords): Language {
  return { ...language, words: { ...language.words, ...words } };
}

/** For whoever shows nothing before all words are there. Rejects where their file does not come. */
export async function loadLanguage(tag: string): Promise<Language> {
  const language = await loadChipLanguage(tag);
  if (!isGerman(language.tag)) return withWords(language, (await import('./english.ts')).english);
  return withWords(language, (await import('./german.ts')).german);
}
