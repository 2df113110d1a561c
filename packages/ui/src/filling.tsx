/**
 * What fills the dialog, as the element's second file: its looks, and a way to draw it into the frame. Drawn again with whatever has
 * changed. It has everything that it needs in itself, and knows the device only by the values that it is given.
 */
// In the order in which they pack best: what decides beside the words that it speaks in, what draws beside the looks.
import { modalView, toldTitle } from './model/view-model.ts';
import { render } from 'preact';
import { DialogBody, type DialogBodyProps } from './components/dialog-body.tsx';
import { Speaking } from './components/language.tsx';
import dialogCss from './dialog.css?inline';
import type { ChipView } from './model/chip-view.ts';
import type { Language } from './model/language.ts';

export interface Scene extends Omit<DialogBodyProps, 'modal'> {
  readonly chip: ChipView;
  /** The browser's clock in milliseconds. */
  readonly now: number;
  readonly language: Language;
}

function draw(place: Element, { chip, now, language, ...props }: Scene): void {
  const modal = modalView(props.situation, chip, now, language);
  render(
    <Speaking value={language}>
      <DialogBody {...props} modal={modal} />
    </Speaking>,
    place,
  );
}

function clear(place: Element): void {
  render(null, place);
}

export const filling = { css: dialogCss, draw, clear, toldTitle } as const;

export type Filling = typeof filling;
