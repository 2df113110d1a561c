/** The finished transactions, newest first, one line each. */
import type { JSX } from 'preact';
import type { TransactionResult } from '@pikit/protocol';
import { fill } from '../model/fill.ts';
import { versionInSentence } from '../model/words.ts';
import { usePageLanguage } from './language.tsx';
import type { PageLanguage } from './model/page-language.ts';

function Line({ entry }: { readonly entry: TransactionResult }): JSX.Element {
  const language = usePageLanguage();
  const { from, to, startedAt, endedAt } = entry;
  const facts = { from: versionInSentence(from, language), to: versionInSentence(to, language) };
  const took = language.took(startedAt, endedAt);
  return (
    <li>
      <span>{fill(wordsOf(entry, language), facts, language)}</span>
      <span class="meta">
        {language.day(endedAt)}, {fill(language.page.history.took, { took }, language)}
      </span>
    </li>
  );
}

function wordsOf({ kind, outcome }: TransactionResult, { words, page }: PageLanguage): string {
  if (kind === 'repair' && outcome !== 'staged') return words.outcomes.repair[outcome].title;
  const isBack = kind === 'rollback' && outcome === 'committed';
  return isBack ? page.history.rolledBack : page.history[outcome];
}

export function History({
  entries,
}: {
  readonly entries: readonly TransactionResult[];
}): JSX.Element {
  const { history: words } = usePageLanguage().page;
  return (
    <section class="card" aria-labelledby="history">
      <h2 id="history">{words.title}</h2>
      {entries.length === 0 ? <p class="meta">{words.empty}</p> : null}
      <ul class="history">
        {entries.map((entry) => (
          <Line key={entry.id} entry={entry} />
        ))}
      </ul>
    </section>
  );
}
