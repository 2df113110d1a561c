/** The few pictures that the dialog and the page need, as inline SVG. They repeat what words say, so they are hidden from screen readers. */
import type { JSX } from 'preact';
import { PATHS } from '../frame/picture-paths.ts';

const ALL = {
  ...PATHS,
  next: 'M5 12h14m-5-5l5 5-5 5',
  info: 'M12 11v6m0-9.5v.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
} as const;

export type IconName = keyof typeof ALL;

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={ALL[name]} />
    </svg>
  );
}

/** A ring that fills up; without a percentage it turns. */
export function Ring({ percent }: { readonly percent: number | undefined }): JSX.Element {
  const dash = `${String(percent ?? 30)} 100`;
  return (
    <svg
      class={percent === undefined ? 'icon ring turning' : 'icon ring'}
      viewBox="0 0 24 24"
      aria-hidden="true"
      focusable="false"
    >
      <circle class="track" cx="12" cy="12" r="9" />
      <circle class="fill" cx="12" cy="12" r="9" pathLength="100" stroke-dasharray={dash} />
    </svg>
  );
}
