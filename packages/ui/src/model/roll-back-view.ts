/**
 * What the way to the kept release is called. After a roll-back the kept one is the newer, and calling that "back" would
 * mislead. Pure.
 */
import type { Status } from '@pikit/protocol';
import type { Language } from './language.ts';
import { upperFirst, versionInSentence } from './words.ts';

export interface RollBackView {
  readonly label: string;
  readonly confirm: { readonly question: string; readonly yes: string; readonly keep: string };
}

/** The three numbers alone; files without a version have none, and are the oldest. */
function numbersOf(version: string | null): string {
  return /^\d+\.\d+\.\d+/.exec(version ?? '')?.[0] ?? '';
}

function isNewer(one: string | null, other: string | null): boolean {
  return numbersOf(one).localeCompare(numbersOf(other), 'en', { numeric: true }) > 0;
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
      keep: upperFirst(language.fill(confirm.no, facts)),
    },
  };
}
