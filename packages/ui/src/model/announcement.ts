/** What the live region says, also while the dialog is closed: so it costs next to nothing. Pure. */
import type { ChipView } from './chip-view.ts';
import type { ChipLanguage } from './language.ts';
import type { Situation } from './situation.ts';
import { workTitle } from './work-title.ts';

/** Changes only with the phase and at every quarter. Undefined when nothing runs. */
function workAnnouncement(
  situation: Situation,
  { percent }: ChipView,
  language: ChipLanguage,
): string | undefined {
  const transaction = situation.status?.transaction ?? null;
  if (transaction === null || percent === undefined) return undefined;
  const facts = {
    title: workTitle(transaction, language),
    phase: language.words.phases[transaction.phase],
    percent: language.percent(Math.floor(percent / 25) * 25),
  };
  return language.fill(language.words.doing.announce, facts);
}

/**
 * `told` is the title of what the dialog tells at its top, once the words for that are there; the chip's own word until then, and
 * where there is nothing to tell.
 */
export function announcementOf(
  situation: Situation,
  chip: ChipView,
  language: ChipLanguage,
  told: string | undefined,
): string {
  const { state, label } = chip;
  const work = state === 'signed-out' ? undefined : workAnnouncement(situation, chip, language);
  // At the beginning of every page, and most often over before it is said.
  return work ?? told ?? (state === 'connecting' ? '' : label);
}
