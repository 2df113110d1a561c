/** A button that starts something. While it is not live it stays reachable, does nothing, and says why. */
import type { JSX, Ref } from 'preact';
import type { ActionView } from '../model/actions-view.ts';

interface Props {
  readonly action: ActionView;
  readonly label: string;
  readonly kind: 'primary' | 'plain' | 'danger' | 'quiet';
  readonly place?: Ref<HTMLButtonElement>;
  readonly onClick: () => unknown;
}

export function ActionButton({ action, label, kind, place, onClick }: Props): JSX.Element | null {
  if (!action.shown) return null;
  const isLive = action.reason === undefined;
  return (
    <button
      type="button"
      ref={place ?? null}
      class={kind}
      aria-disabled={!isLive}
      aria-describedby={isLive ? undefined : 'reasons'}
      // The second click of a double one would hit what has come into this place: the way to cancel what it began.
      onClick={isLive ? ({ detail }) => void (detail < 2 && onClick()) : undefined}
    >
      {label}
    </button>
  );
}
