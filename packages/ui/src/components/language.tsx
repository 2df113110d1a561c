/** The language of one element, for every part of it. The host page and the element each provide their own. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Language } from '../model/language.ts';

const Context = createContext<Language | undefined>(undefined);

export const Speaking = Context.Provider;

/** Throws outside of `Speaking`, which is a mistake of the program. */
export function useLanguage(): Language {
  const language = useContext(Context);
  if (language === undefined) throw new Error('no language was provided');
  return language;
}
