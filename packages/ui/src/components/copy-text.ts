/**
 * Copies text from inside the modal. A dashboard on the home network is usually plain http, where the clipboard API does not
 * exist, so the old way by a selected text field comes second.
 */

/** `near` must lie inside the open dialog: everything outside of it cannot be selected. Returns whether it worked. */
export async function copyText(text: string, near: HTMLElement): Promise<boolean> {
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
