/** The chip in the top bar: the state in two words. A click opens the details and never does more than that. */
import type { ChipState, ChipView, Tone } from '../model/chip-view.ts';
import type { ChipLanguage } from '../model/language.ts';
import { make, write } from './dom.ts';
import { makePicture, makeRing, type PictureName } from './pictures.ts';

const PICTURES: Readonly<Record<Tone, PictureName | 'ring'>> = {
  good: 'check',
  news: 'arrow',
  busy: 'ring',
  bad: 'warning',
  muted: 'dots',
};

/** Of states that one can tell more of than their tone. */
const OWN_PICTURES: Partial<Record<ChipState, PictureName>> = {
  offline: 'offline',
  'signed-out': 'lock',
};

interface Needs {
  readonly language: ChipLanguage;
  readonly onClick: () => void;
  /** Somebody points at it, or has come to it with the keyboard: they may well press it next. */
  readonly onNear: () => void;
}

export interface Chip {
  readonly button: HTMLButtonElement;
  readonly show: (chip: ChipView, isOpen: boolean) => void;
}

export function createChip({ language: { tag, words }, onClick, onNear }: Needs): Chip {
  const ring = makeRing();
  const label = make('span', { class: 'chip-label' });
  const button = make(
    'button',
    {
      type: 'button',
      class: 'chip',
      lang: tag,
      dir: words.direction,
      part: 'chip',
      'aria-haspopup': 'dialog',
    },
    make('span', { class: 'chip-words' }, make('span', {}, `${words.chip.name}: `), label),
  );
  let shown: PictureName | 'ring' | undefined;
  let picture: SVGElement | undefined;
  button.addEventListener('click', onClick);
  button.addEventListener('pointerenter', onNear);
  button.addEventListener('focus', onNear);
  return {
    button,
    show({ state, tone, label: text, percent }, isOpen) {
      const wanted = OWN_PICTURES[state] ?? PICTURES[tone];
      if (wanted !== shown) {
        picture?.remove();
        picture = wanted === 'ring' ? ring.element : makePicture(wanted);
        button.prepend(picture);
        shown = wanted;
      }
      ring.show(percent);
      button.dataset['state'] = state;
      button.dataset['tone'] = tone;
      button.ariaExpanded = String(isOpen);
      write(label, text);
    },
  };
}
