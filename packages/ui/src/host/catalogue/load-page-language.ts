/** The page's words beside those of the element, both in the same language. */
import { englishChip } from '../../catalogue/english-chip.ts';
import { english as elementEnglish } from '../../catalogue/english.ts';
import { isGerman, loadLanguage } from '../../catalogue/load-language.ts';
import { createLanguage } from '../../model/language.ts';
import type { PageLanguage } from '../model/page-language.ts';
import { english } from './english.ts';

export async function loadPageLanguage(tag: string): Promise<PageLanguage> {
  try {
    const language = await loadLanguage(tag);
    if (!isGerman(language.tag)) return { ...language, page: english };
    const { german } = await import('./german.ts');
    return { ...language, page: german };
  } catch {
    // because an update may have replaced a file: one language throughout is better than two.
    return { ...createLanguage('en', { ...englishChip, ...elementEnglish }), page: english };
  }
}
