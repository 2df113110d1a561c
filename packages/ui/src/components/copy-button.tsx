/**
 * Copies text from inside the modal, by a selected text field: a dashboard on the home network is usually plain http, where the
 * clipboard API does not exist, and what works there works everywhere.
 */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { useLanguage } from './language.tsx';

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

export function CopyButton({ text }: { readonly text: string }): JSX.Element {
  const { words } = useLanguage();
  const place = useRef<HTMLSpanElement>(null);
  const [copied, setCopied] = useState<string>();
  const onClick = (): void => {
    if (place.current !== null && copyText(text, place.current)) setCopied(text);
  };
  return (
    <span ref={place}>
      <button type="button" class="quiet" onClick={onClick}>
        {copied === text ? words.buttons.copied : words.buttons.copy}
      </button>
    </span>
  );
}
