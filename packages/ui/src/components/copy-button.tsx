/**
 * Copies text from inside the modal. A dashboard on the home network is usually plain http, where the clipboard API does not
 * exist, so the old way by a selected text field comes second.
 */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { useLanguage } from './language.tsx';

/** `near` must lie inside the open dialog: everything outside of it cannot be selected. Returns whether it worked. */
async function copyText(text: string, near: HTMLElement): Promise<boolean> {
  if (globalThis.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // because a browser may refuse the permission; the selected field below needs none.
    }
  }
  const field = document.createElement('textarea');
  field.className = 'unseen';
  field.value = text;
  near.append(field);
  field.select();
  const isCopied = document.execCommand('copy');
  field.remove();
  return isCopied;
}

export function CopyButton({ text }: { readonly text: string }): JSX.Element {
  const { words } = useLanguage();
  const place = useRef<HTMLSpanElement>(null);
  const [copied, setCopied] = useState<string>();
  const onClick = async (): Promise<void> => {
    if (place.current !== null && (await copyText(text, place.current))) setCopied(text);
  };
  return (
    <span ref={place}>
      <button type="button" class="quiet" onClick={() => void onClick()}>
        {copied === text ? words.buttons.copied : words.buttons.copy}
      </button>
    </span>
  );
}
