/** Entry of the small host page: registers the element and renders the page below the top bar. */
import { render } from 'preact';
import { createCommands } from '../model/commands.ts';
import { createFormat } from '../model/format.ts';
import { PikitUpdates } from '../element.tsx';
import { Page } from './page.tsx';

const root = document.querySelector('#page');
const element = document.querySelector('pikit-updates');

if (root !== null && element instanceof PikitUpdates) {
  const commands = createCommands({
    base: element.getAttribute('base') ?? '/api',
    fetch: (input, init) => fetch(input, init),
  });
  const format = createFormat(document.documentElement.lang);
  render(<Page element={element} commands={commands} format={format} />, root);
}
