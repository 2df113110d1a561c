/** One language for the page: its words, and how it writes numbers, sizes and times. The view-model speaks through it alone. */
import type { ChipWords } from '../catalogue/english-chip.ts';
import type { Words } from '../catalogue/english.ts';
import { createFormat, type Format } from './format.ts';

/** With the words alone that are needed while the dialog is closed or empty. */
export interface ChipLanguage extends Format {
  /** As in `lang="…"`. */
  readonly tag: string;
  readonly words: ChipWords;
}

export interface Language extends ChipLanguage {
  readonly words: Words;
}

export function createLanguage<T extends ChipWords>(
  tag: string,
  words: T,
): ChipLanguage & { readonly words: T } {
  return { tag, words, ...createFormat(tag) };
}
