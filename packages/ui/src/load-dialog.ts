/**
 * Fetches what fills the dialog, code and words, each a file of its own beside the element's. They are named by their content, so
 * that this file never gets those of another version.
 */
import { completeLanguage } from './catalogue/load-language.ts';
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
  const [{ filling }, complete] = await Promise.all([
    import('./filling.tsx'),
    completeLanguage(language),
  ]);
  return { filling, language: complete };
}
