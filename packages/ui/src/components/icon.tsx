/** The few pictures that the dialog and the page need, as inline SVG. They repeat what words say, so they are hidden from screen readers. */
import type { JSX } from 'preact';
import { PATHS } from '../frame/picture-paths.ts';

const ALL = {
  ...PATHS,
  next: 'M5 12h14m-5-5l5 5-5 5',
  info: 'M12 11v6m0-9.5v.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
} as const;

/** The ring turns: something is going on. */
export type IconName = keyof typeof ALL | 'ring';

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  const isRing = name === 'ring';
  return (
    <svg class={isRing ? 'icon ring turning' : 'icon'} viewBox="0 0 24 24" aria-hidden="true">
      {isRing ? (
        <>
          <circle class="track" cx="12" cy="12" r="9" />
          <circle class="fill" cx="12" cy="12" r="9" pathLength="100" stroke-dasharray="30 100" />
        </>
      ) : (
        <path d={ALL[name]} />
      )}
    </svg>
  );
}
