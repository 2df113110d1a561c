/** One language for the page: its words, and how it writes numbers, sizes and times. The view-model speaks through it alone. */
import type { Words } from '../catalogue/english.ts';
import { createFormat, type Format } from './format.ts';

export interface Language extends Format {
  /** As in `lang="…"`. */
  readonly tag: string;
  readonly words: Words;
}

export function createLanguage(tag: string, words: Words): Language {
  return { tag, words, ...createFormat(tag) };
}
