/** The language of the page, for every part of it; the parts that it shares with the element hear the same one. */
import { createContext, type ComponentChildren, type JSX } from 'preact';
import { useContext } from 'preact/hooks';
import { Speaking } from '../components/language.tsx';
import type { PageLanguage } from './model/page-language.ts';

const Context = createContext<PageLanguage | undefined>(undefined);

interface Props {
  readonly language: PageLanguage;
  readonly children: ComponentChildren;
}

export function SpeakingPage({ language, children }: Props): JSX.Element {
  return (
    <Context.Provider value={language}>
      <Speaking value={language}>{children}</Speaking>
    </Context.Provider>
  );
}

/** Throws outside of `SpeakingPage`, which is a mistake of the program. */
export function usePageLanguage(): PageLanguage {
  const language = useContext(Context);
  if (language === undefined) throw new Error('no language was provided');
  return language;
}
