/**
 * The dialog without what fills it: a native one, so that focus, Escape and the page behind it are the browser's work. It can be
 * closed at any time; whatever runs goes on, and the chip shows it.
 */
import type { ChipLanguage } from '../model/language.ts';
import { make, write } from './dom.ts';
import { makePicture } from './pictures.ts';

/** Why it is still empty: what fills it comes late, could not be had, or could not be had for long though the device answers. */
export type Lack = 'loading' | 'failed' | 'lasting';

interface Needs {
  readonly language: ChipLanguage;
  readonly onClose: () => void;
  /** The person wants the page to be loaded again. */
  readonly onReload: () => void;
}

export interface Frame {
  readonly dialog: HTMLDialogElement;
  /** Takes what fills it, in the place of `lack`. */
  readonly place: HTMLElement;
  readonly lack: (lack: Lack | undefined) => void;
  readonly announce: (text: string) => void;
  /** Gives the focus to the heading, or to the password in what fills it. */
  readonly focus: (id: 'title' | 'password') => void;
  /** What had the focus may go with what it began. The heading takes it then: whoever uses the keyboard must not be thrown out. */
  readonly keepFocus: () => void;
}

function makeHead({ chip, frame }: ChipLanguage['words'], onClose: () => void): HTMLElement {
  const name = make('span', { class: 'unseen' }, frame.close);
  // Focused at a click, not the heading: opening the details must never leave the focus on what starts something.
  const attributes = { type: 'button', class: 'close', autofocus: '' };
  const close = make('button', attributes, makePicture('close'), name);
  close.addEventListener('click', onClose);
  return make(
    'div',
    { class: 'head' },
    make('h2', { id: 'title', tabindex: '-1' }, chip.name),
    close,
  );
}

/** Says nothing at first: most often what fills it is there before anybody has read a word. */
function createEmptyBody({ frame }: ChipLanguage['words'], onReload: () => void) {
  const element = make('div', { class: 'body bare' });
  const reload = make('button', { type: 'button', class: 'reload' }, frame.reload);
  reload.addEventListener('click', onReload);
  let shown: Lack | undefined;
  return {
    element,
    lack(lack: Lack | undefined): void {
      if (lack === shown) return;
      shown = lack;
      if (lack === undefined) element.replaceChildren();
      else if (lack === 'lasting') {
        const words = make('p', { role: 'status' }, `${frame.failed} ${frame.lasting}`);
        element.replaceChildren(words, reload);
      } else element.replaceChildren(make('p', { role: 'status' }, frame[lack]));
    },
  };
}

export function createFrame({ language: { tag, words }, onClose, onReload }: Needs): Frame {
  const body = createEmptyBody(words, onReload);
  const place = make('div', { class: 'place' }, body.element);
  const live = make('output', { class: 'unseen' });
  const dialog = make(
    'dialog',
    {
      class: 'modal',
      lang: tag,
      dir: words.direction,
      part: 'dialog',
      'aria-labelledby': 'title',
      // A click beside the dialog closes it, where the browser knows this attribute.
      closedby: 'any',
    },
    makeHead(words, onClose),
    place,
    live,
  );
  let last: EventTarget | null = null;
  dialog.addEventListener('focusin', ({ target }) => {
    last = target;
  });
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    onClose();
  });
  dialog.addEventListener('close', () => {
    // By the browser: it tells of what we have closed, too, when it has gone and somebody may have opened it again.
    if (dialog.isConnected) onClose();
  });
  const focus = (id: string): void => dialog.querySelector<HTMLElement>(`#${id}`)?.focus();
  return {
    dialog,
    place,
    lack: (lack) => body.lack(lack),
    announce: (text) => write(live, text),
    focus,
    keepFocus() {
      if (!(last instanceof Element) || last.isConnected) return;
      last = null;
      focus('title');
    },
  };
}
