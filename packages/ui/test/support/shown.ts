/** What is shown of a situation, chip and dialog, as the element puts them together. */
import { announcementOf } from '../../src/model/announcement.ts';
import { chipView, type ChipView } from '../../src/model/chip-view.ts';
import type { Language } from '../../src/model/language.ts';
import type { Situation } from '../../src/model/situation.ts';
import { modalView, toldTitle, type ModalView } from '../../src/model/view-model.ts';

interface Shown {
  readonly chip: ChipView;
  readonly modal: ModalView;
  /** What is read out. */
  readonly announcement: string;
}

export function shownOf(situation: Situation, now: number, language: Language): Shown {
  const chip = chipView(situation, now, language);
  const told = toldTitle(situation, chip, language);
  return {
    chip,
    modal: modalView(situation, chip, now, language),
    announcement: announcementOf(situation, chip, language, told),
  };
}
