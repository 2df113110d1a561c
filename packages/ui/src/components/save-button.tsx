/** Saves text as a file of the browser's, for whoever wants to send it to somebody. */
import type { JSX } from 'preact';
import type { Spoken } from './language.tsx';

function saveText(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Safari reads it only after this.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export function SaveButton(
  { text, name }: { text: string; name: string },
  { language: { words } }: Spoken,
): JSX.Element {
  return (
    <button type="button" class="quiet" onClick={() => saveText(text, name)}>
      {words.buttons.save}
    </button>
  );
}
