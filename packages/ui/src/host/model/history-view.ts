/** The finished transactions as the page shows them: which are asked for, how many at once, and what is told of each. Pure. */
import type { TransactionResult } from '@pikit/protocol';
import { describeProblem, upperFirst, versionInSentence, versionLabel } from '../../model/words.ts';
import type { Fact } from './device-view.ts';
import type { PageLanguage } from './page-language.ts';

export const FILTERS = ['all', 'apply', 'rollback', 'repair', 'failures'] as const;
export type Filter = (typeof FILTERS)[number];

/** How many are shown at first, and how many more at a click. */
export const PORTION = 20;

export interface EntryView {
  readonly id: TransactionResult['id'];
  readonly title: string;
  readonly line: string;
  readonly tone: 'good' | 'bad' | 'neutral';
  readonly error: { readonly title: string; readonly whatToDo: string } | undefined;
  readonly facts: readonly Fact[];
}

export interface HistoryView {
  readonly entries: readonly EntryView[];
  /** Why there are none. */
  readonly empty: string | undefined;
  readonly shown: string;
  readonly hasMore: boolean;
}

const TONES: Readonly<Record<TransactionResult['outcome'], EntryView['tone']>> = {
  committed: 'good',
  staged: 'good',
  cancelled: 'neutral',
  failed: 'bad',
  'rolled-back': 'bad',
  broken: 'bad',
};

function matches({ kind, outcome }: TransactionResult, filter: Filter): boolean {
  if (filter === 'all') return true;
  return filter === 'failures' ? TONES[outcome] === 'bad' : kind === filter;
}

function titleOf(entry: TransactionResult, { words, page }: PageLanguage): string {
  const { kind, outcome, imported } = entry;
  if (outcome === 'staged') return imported ? page.history.imported : page.history.staged;
  if (kind === 'repair') return words.outcomes.repair[outcome].title;
  const isBack = kind === 'rollback' && outcome === 'committed';
  return isBack ? page.history.rolledBack : page.history[outcome];
}

function entryView(entry: TransactionResult, language: PageLanguage): EntryView {
  const words = language.page.history;
  const { id, from, to, by, outcome, error, startedAt, endedAt, bytesFetched, changed } = entry;
  const facts = { from: versionInSentence(from, language), to: versionInSentence(to, language) };
  const at = language.moment(endedAt);
  const took = language.took(startedAt, endedAt);
  const files =
    changed === undefined
      ? []
      : [{ name: words.files, value: language.fill(words.filesChanged, changed) }];
  return {
    id,
    title: upperFirst(language.fill(titleOf(entry, language), facts)),
    line: language.fill(words.line, { at, took }),
    tone: TONES[outcome],
    error: error === null ? undefined : describeProblem(error, language),
    facts: [
      { name: words.before, value: versionLabel(from, language) },
      { name: words.target, value: versionLabel(to, language) },
      { name: words.started, value: language.moment(startedAt) },
      { name: words.ended, value: at },
      { name: words.took, value: took },
      { name: words.by, value: words.requester[by] },
      { name: words.fetched, value: language.bytes(bytesFetched) },
      ...files,
    ],
  };
}

/** `most` is how many the person wants to see. */
export function historyView(
  all: readonly TransactionResult[],
  filter: Filter,
  most: number,
  language: PageLanguage,
): HistoryView {
  const words = language.page.history;
  const found = all.filter((entry) => matches(entry, filter));
  const shown = found.slice(0, most);
  const none = all.length === 0 ? words.empty : words.emptyFilter;
  return {
    entries: shown.map((entry) => entryView(entry, language)),
    empty: found.length === 0 ? none : undefined,
    shown: language.fill(words.shown, { shown: shown.length, total: found.length }),
    hasMore: found.length > shown.length,
  };
}
