/** The chip in the top bar: the state in two words. A click opens the details and never does more than that. */
import type { JSX, RefObject } from 'preact';
import type { ChipState, ChipView, Tone } from '../model/chip-view.ts';
import { useLanguage } from './language.tsx';
import { Icon, Ring, type IconName } from './icon.tsx';

const ICONS: Readonly<Record<Tone, IconName | 'ring'>> = {
  good: 'check',
  news: 'arrow',
  busy: 'ring',
  bad: 'warning',
  muted: 'dots',
};

/** Of states that one can tell more of than their tone. */
const OWN_ICONS: Partial<Record<ChipState, IconName>> = {
  offline: 'offline',
  'signed-out': 'lock',
};

interface Props {
  readonly chip: ChipView;
  readonly isOpen: boolean;
  readonly button: RefObject<HTMLButtonElement | null>;
  readonly onClick: () => void;
}

export function Chip({ chip, isOpen, button, onClick }: Props): JSX.Element {
  const { words } = useLanguage();
  const icon = OWN_ICONS[chip.state] ?? ICONS[chip.tone];
  return (
    <button
      ref={button}
      type="button"
      class="chip"
      dir={words.direction}
      part="chip"
      data-state={chip.state}
      data-tone={chip.tone}
      aria-haspopup="dialog"
      aria-expanded={isOpen}
      onClick={onClick}
    >
      {icon === 'ring' ? <Ring percent={chip.percent} /> : <Icon name={icon} />}
      <span class="chip-name">{words.chip.name}: </span>
      <span class="chip-label">{chip.label}</span>
    </button>
  );
}
