/**
 * Fetches what fills the dialog, code and words in one, from a file beside the element's. That is named by its content, so that the
 * element never gets that of another version.
 */
import { isGerman, withWords } from './catalogue/load-language.ts';
import type { Filling } from './filling.tsx';
import type { ChipLanguage, Language } from './model/language.ts';

declare global {
  interface ImportMeta {
    /** How often something was asked for in vain: the build makes it part of the address of what is imported later. */
    attempt?: number;
  }
}

export interface Dialog {
  readonly filling: Filling;
  readonly language: Language;
}

/** A browser may remember for ever that an address could not be fetched, so each attempt asks under another. */
export async function loadDialog(language: ChipLanguage, attempt: number): Promise<Dialog> {
  import.meta.attempt = attempt;
  const { filling, words } = await (isGerman(language.tag)
    ? import('./filling-german.ts')
    : import('./filling-english.ts'));
  return { filling, language: withWords(language, words) };
}
