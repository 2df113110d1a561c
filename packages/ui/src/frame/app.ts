/** Joins chip, dialog and live region to one device. The dialog's being open is the only state of its own. */
import { announcementOf } from '../model/announcement.ts';
import { chipView, type ChipView } from '../model/chip-view.ts';
import type { Situation } from '../model/situation.ts';
import { createChip } from './chip.ts';
import { make, write } from './dom.ts';
import { openDialog, prepare, type Opened, type Surroundings } from './opened.ts';

/** Milliseconds between two looks at the clock: often enough for seconds, or for "5 minutes ago". */
const TICK = { working: 1000, idle: 20_000 } as const;

function isCounting({ status, link }: Situation): boolean {
  return (status?.transaction ?? null) !== null || link.kind !== 'live';
}

interface Needs extends Surroundings {
  readonly isOpenAtFirst: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}

export interface App {
  /** Draws what is so now. */
  readonly show: () => void;
  readonly stop: () => void;
}

function announcementAt({ language, dialog }: Needs, situation: Situation, chip: ChipView): string {
  const there = dialog.value();
  const told = there?.filling.toldTitle(situation, chip, there.language);
  return announcementOf(situation, chip, language, told);
}

export function createApp(needs: Needs): App {
  const { root, updates, language, dialog, now, onOpenChange } = needs;
  const live = make('output', { class: 'unseen', lang: language.tag });
  let opened: Opened | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDue = false;
  let isStopped = false;

  const show = (): void => {
    isDue = false;
    if (isStopped) return;
    const situation = updates.situation();
    const view = chipView(situation, now(), language);
    chip.show(view, opened !== undefined);
    const announcement = announcementAt(needs, situation, view);
    opened?.show(situation, view, announcement);
    write(live, opened === undefined ? announcement : '');
    clearTimeout(timer);
    timer = setTimeout(show, isCounting(situation) ? TICK.working : TICK.idle);
  };

  const close = (): void => {
    if (opened === undefined) return;
    const { end } = opened;
    // Before it ends: the browser tells of that, too.
    opened = undefined;
    end();
    // The browser returns the focus only where it was before; after a reload it was nowhere.
    chip.button.focus();
    onOpenChange(false);
    updates.closeLog();
    updates.dismiss();
    show();
  };

  const open = (isByClick: boolean): void => {
    if (opened !== undefined) return;
    onOpenChange(true);
    dialog.hurry();
    opened = openDialog({ ...needs, chip: chip.button, isByClick, onClose: close, onDue: show });
    show();
  };

  const chip = createChip({
    language,
    onClick: () => open(true),
    onNear: () => prepare(needs),
  });
  root.replaceChildren(chip.button, live);
  const leave = updates.subscribe(() => {
    // Several changes at once are drawn once.
    if (!isDue) queueMicrotask(show);
    isDue = true;
  });
  show();
  if (needs.isOpenAtFirst) open(false);

  return {
    show,
    stop() {
      isStopped = true;
      leave();
      opened?.end();
      opened = undefined;
      clearTimeout(timer);
      root.replaceChildren();
    },
  };
}
