/** The element's language together with the words that only the page needs. */
import type { Language } from '../../model/language.ts';
import type { PageWords } from '../catalogue/english.ts';

export interface PageLanguage extends Language {
  readonly page: PageWords;
}
