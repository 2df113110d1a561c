/** The chip in the top bar: the state in two words. A click opens the details and never does more than that. */
import type { JSX, RefObject } from 'preact';
import type { ChipState, ChipView } from '../model/chip-view.ts';
import { useLanguage } from './language.tsx';
import { Icon, Ring, type IconName } from './icon.tsx';

const ICONS: Readonly<Record<ChipState, IconName | 'ring'>> = {
  'up-to-date': 'check',
  available: 'arrow',
  skipped: 'check',
  checking: 'ring',
  updating: 'ring',
  fetching: 'ring',
  'rolling-back': 'ring',
  repairing: 'ring',
  failed: 'warning',
  damaged: 'warning',
  offline: 'offline',
  'not-checked': 'dots',
  'signed-out': 'lock',
  reconnecting: 'ring',
  connecting: 'ring',
  away: 'warning',
};

interface Props {
  readonly chip: ChipView;
  readonly isOpen: boolean;
  readonly button: RefObject<HTMLButtonElement | null>;
  readonly onClick: () => void;
}

export function Chip({ chip, isOpen, button, onClick }: Props): JSX.Element {
  const language = useLanguage();
  const { words } = language;
  const icon = ICONS[chip.state];
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
      // Intl takes its time to write the first size, and the finger is on its way.
      onPointerEnter={() => void language.bytes(0)}
      onClick={onClick}
    >
      {icon === 'ring' ? <Ring percent={chip.percent} /> : <Icon name={icon} />}
      <span class="chip-name">{words.chip.name}: </span>
      <span class="chip-label">{chip.label}</span>
    </button>
  );
}
