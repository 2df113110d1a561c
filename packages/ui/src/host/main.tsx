/** Entry of the small host page: registers the element and renders the page below the top bar. */
import { render } from 'preact';
import { loadLanguage } from '../catalogue/load-language.ts';
import { Speaking } from '../components/language.tsx';
import { createCommands } from '../model/commands.ts';
import { PikitUpdates } from '../element.tsx';
import { Page } from './page.tsx';

/** The first of the reader's languages that there is. */
const tag = navigator.languages.find((each) => /^(?:en|de)\b/i.test(each)) ?? 'en';
const root = document.querySelector('#page');
const element = document.querySelector('pikit-updates');

if (root !== null && element instanceof PikitUpdates) {
  document.documentElement.lang = tag;
  element.lang = tag;
  const commands = createCommands({
    base: element.getAttribute('base') ?? '/api',
    fetch: (input, init) => fetch(input, init),
  });
  const language = await loadLanguage(tag);
  render(
    <Speaking value={language}>
      <Page element={element} commands={commands} />
    </Speaking>,
    root,
  );
}
