/** The language for a tag. English is always here; every other one is a file of its own, which only its readers load. */
import { createLanguage, type Language } from '../model/language.ts';
import { english } from './english.ts';

/** For a tag as in `lang="de-AT"`. English for a language that nobody has written yet, and where its file does not come. */
export async function loadLanguage(tag: string): Promise<Language> {
  if (!/^de\b/i.test(tag)) return createLanguage(/^en\b/i.test(tag) ? tag : 'en', english);
  try {
    const { german } = await import('./german.ts');
    return createLanguage(tag, german);
  } catch {
    // because an update may have replaced the file, or the line is down: words in English are better than none.
    return createLanguage('en', english);
  }
}
