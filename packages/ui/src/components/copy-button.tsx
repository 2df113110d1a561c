/**
 * Copies text from inside the modal, by a selected text field: a dashboard on the home network is usually plain http, where the
 * clipboard API does not exist, and what works there works everywhere.
 */
import { Component, type JSX } from 'preact';
import type { Spoken } from './language.tsx';

/** The field stands beside the button: what lies outside of an open dialog cannot be selected. Returns whether it worked. */
function copyText(text: string, button: HTMLElement): boolean {
  const field = document.createElement('textarea');
  field.className = 'unseen';
  field.value = text;
  button.after(field);
  field.select();
  const isCopied = document.execCommand('copy');
  field.remove();
  // The field had taken the focus with it.
  button.focus();
  return isCopied;
}

interface Props {
  readonly text: string;
}

interface State {
  readonly copied?: string;
}

export class CopyButton extends Component<Props, State> {
  override render({ text }: Props, { copied }: State, { language }: Spoken): JSX.Element {
    const { buttons } = language.words;
    return (
      <button
        type="button"
        class="quiet"
        onClick={({ currentTarget }) => {
          if (copyText(text, currentTarget)) this.setState({ copied: text });
        }}
      >
        {copied === text ? buttons.copied : buttons.copy}
      </button>
    );
  }
}
