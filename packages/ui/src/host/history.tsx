/** The finished transactions, newest first, one line each. */
import type { JSX } from 'preact';
import type { TransactionResult } from '@pikit/protocol';
import { fill } from '../model/fill.ts';
import type { Language } from '../model/language.ts';
import { useLanguage } from '../components/language.tsx';
import { versionInSentence } from '../model/words.ts';

function Line({ entry }: { readonly entry: TransactionResult }): JSX.Element {
  const language = useLanguage();
  const { from, to, startedAt, endedAt } = entry;
  const facts = { from: versionInSentence(from, language), to: versionInSentence(to, language) };
  const took = language.took(startedAt, endedAt);
  return (
    <li>
      <span>{fill(wordsOf(entry, language), facts, language)}</span>
      <span class="meta">
        {language.day(endedAt)}, {fill(language.words.host.took, { took }, language)}
      </span>
    </li>
  );
}

function wordsOf({ kind, outcome }: TransactionResult, { words }: Language): string {
  if (kind === 'repair' && outcome !== 'staged') return words.outcomes.repair[outcome].title;
  const isBack = kind === 'rollback' && outcome === 'committed';
  return isBack ? words.history.rolledBack : words.history[outcome];
}

export function History({
  entries,
}: {
  readonly entries: readonly TransactionResult[];
}): JSX.Element {
  const { words } = useLanguage();
  return (
    <section class="card" aria-labelledby="history">
      <h2 id="history">{words.host.history}</h2>
      {entries.length === 0 ? <p class="meta">{words.host.noHistory}</p> : null}
      <ul class="history">
        {entries.map((entry) => (
          <Line key={entry.id} entry={entry} />
        ))}
      </ul>
    </section>
  );
}
