/**
 * Brings the choices of one setting to the device, one after the other: of those made meanwhile only the last. What was chosen
 * is shown until the device has told what it has now.
 */
import type { Answer } from '../../model/call.ts';
import type { Problem } from '../../model/situation.ts';

export type Saving<T> =
  | { readonly kind: 'idle' }
  | { readonly kind: 'saving'; readonly wish: T }
  | { readonly kind: 'saved' }
  | { readonly kind: 'refused'; readonly problem: Problem };

interface Needs<T> {
  readonly send: (wish: T) => Promise<Answer<unknown>>;
  /** Resolves when the page knows what the device has now. */
  readonly settle: () => Promise<void>;
  readonly onChange: (saving: Saving<T>) => void;
}

export function createSaver<T>({ send, settle, onChange }: Needs<T>): (wish: T) => Promise<void> {
  let next: { readonly wish: T } | undefined;
  let isSending = false;
  return async (wish) => {
    next = { wish };
    onChange({ kind: 'saving', wish });
    if (isSending) return;
    isSending = true;
    let answer: Answer<unknown> | undefined;
    while (next !== undefined) {
      const { wish: sent } = next;
      next = undefined;
      answer = await send(sent);
      await settle();
    }
    isSending = false;
    if (answer === undefined) return;
    onChange(answer.ok ? { kind: 'saved' } : { kind: 'refused', problem: answer.error });
  };
}
