/**
 * What the way to the kept release is called. After a roll-back the kept one is the newer, and calling that "back" would
 * mislead. Pure.
 */
import type { Status } from '@pikit/protocol';
import type { Language } from './language.ts';
import { versionInSentence } from './words.ts';

export interface RollBackView {
  readonly label: string;
  readonly confirm: { readonly question: string; readonly yes: string; readonly keep: string };
}

const NUMBERS = /^\d+\.\d+\.\d+/;

/** By the three numbers alone; files without a version are never newer. */
function isNewer(one: string | null, other: string | null): boolean {
  const [numbers] = NUMBERS.exec(one ?? '') ?? [];
  const [others] = NUMBERS.exec(other ?? '') ?? [];
  if (numbers === undefined || others === undefined) return false;
  return numbers.localeCompare(others, 'en', { numeric: true }) > 0;
}

export function rollBackView(
  { current, previous }: Pick<Status, 'current' | 'previous'>,
  language: Language,
): RollBackView {
  const { buttons, confirm } = language.words;
  const facts = {
    previous: versionInSentence(previous, language),
    current: versionInSentence(current, language),
  };
  const isForward = isNewer(previous, current);
  const label = isForward ? buttons.switchTo : buttons.rollBackTo;
  return {
    label: previous === null ? buttons.rollBack : language.fill(label, facts),
    confirm: {
      question: language.fill(isForward ? confirm.switchQuestion : confirm.question, facts),
      yes: isForward ? confirm.switchYes : confirm.yes,
      keep: language.fill(confirm.no, facts),
    },
  };
}
