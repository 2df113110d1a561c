/**
 * The language for a tag, in two parts: the few words of the chip, and all others. English words of the chip are always here;
 * everything else is a file of its own, which only those load who read it.
 */
import { createLanguage, type ChipLanguage, type Language } from '../model/language.ts';
import { englishChip } from './english-chip.ts';

const isGerman = (tag: string): boolean => /^de\b/i.test(tag);

/** For a tag as in `lang="de-AT"`. English for a language that nobody has written yet, and where its file does not come. */
export async function loadChipLanguage(tag: string): Promise<ChipLanguage> {
  if (!isGerman(tag)) return createLanguage(/^en\b/i.test(tag) ? tag : 'en', englishChip);
  try {
    const { germanChip } = await import('./german-chip.ts');
    return createLanguage(tag, germanChip);
  } catch {
    // because an update may have replaced the file, or the line is down: words in English are better than none.
    return createLanguage('en', englishChip);
  }
}

/** The same language with all of its words. Rejects where their file does not come. */
export async function completeLanguage(language: ChipLanguage): Promise<Language> {
  const words = isGerman(language.tag)
    ? (await import('./german.ts')).german
    : (await import('./english.ts')).english;
  return { ...language, words: { ...language.words, ...words } };
}

/** For whoever shows nothing before everything is there. */
export async function loadLanguage(tag: string): Promise<Language> {
  return completeLanguage(await loadChipLanguage(tag));
}
