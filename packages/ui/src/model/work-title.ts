/** What the running transaction is called, in the dialog and to a screen reader alike. Pure. */
import type { TransactionView } from '@pikit/protocol';
import type { ChipLanguage } from './language.ts';
import { versionInSentence } from './words.ts';

export const doingOf = ({ kind, stageOnly }: TransactionView) => (stageOnly ? 'fetching' : kind);

export function workTitle(transaction: TransactionView, language: ChipLanguage): string {
  const { from, to, phase } = transaction;
  return language.fill(
    language.words.doing[phase === 'rolling-back' ? 'undoing' : doingOf(transaction)],
    { from: versionInSentence(from, language), to: versionInSentence(to, language) },
  );
}
