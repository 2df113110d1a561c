/**
 * Copies text from inside the modal, by a selected text field: a dashboard on the home network is usually plain http, where the
 * clipboard API does not exist, and what works there works everywhere.
 */
import { Component, createRef, type JSX } from 'preact';
import type { Spoken } from './language.tsx';

/** `near` must lie inside the open dialog: everything outside of it cannot be selected. Returns whether it worked. */
function copyText(text: string, near: HTMLElement): boolean {
  const field = document.createElement('textarea');
  field.className = 'unseen';
  field.value = text;
  near.append(field);
  field.select();
  const isCopied = document.execCommand('copy');
  field.remove();
  // The field had taken the focus with it.
  near.querySelector('button')?.focus();
  return isCopied;
}

interface Props {
  readonly text: string;
}

interface State {
  readonly copied?: string;
}

export class CopyButton extends Component<Props, State> {
  readonly #place = createRef<HTMLSpanElement>();

  override render({ text }: Props, { copied }: State, { language }: Spoken): JSX.Element {
    const { buttons } = language.words;
    const onClick = (): void => {
      const place = this.#place.current;
      if (place !== null && copyText(text, place)) this.setState({ copied: text });
    };
    return (
      <span ref={this.#place}>
        <button type="button" class="quiet" onClick={onClick}>
          {copied === text ? buttons.copied : buttons.copy}
        </button>
      </span>
    );
  }
}
