/** What the live region says, also while the dialog is closed: so it costs next to nothing. Pure. */
import { chipView, shownPercent } from './chip-view.ts';
import type { ChipLanguage } from './language.ts';
import type { Situation } from './situation.ts';
import { workTitle } from './work-title.ts';

/** Changes only with the phase and at every quarter. Undefined when nothing runs. */
function workAnnouncement(situation: Situation, language: ChipLanguage): string | undefined {
  const transaction = situation.status?.transaction ?? null;
  const percent = shownPercent(situation);
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
 * where there is nothing to tell. `now` is the browser's clock in milliseconds.
 */
export function announcementOf(
  situation: Situation,
  now: number,
  language: ChipLanguage,
  told: string | undefined,
): string {
  const isSignedOut = situation.link.kind === 'signed-out';
  const work = isSignedOut ? undefined : workAnnouncement(situation, language);
  const { state, label } = chipView(situation, now, language);
  // At the beginning of every page, and most often over before it is said.
  return work ?? told ?? (state === 'connecting' ? '' : label);
}
