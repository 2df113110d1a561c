/** The finished transactions, newest first, one line each. */
import type { JSX } from 'preact';
import type { TransactionResult } from '@pikit/protocol';
import { fill } from '../model/fill.ts';
import type { Format } from '../model/format.ts';
import { messages } from '../model/messages.ts';
import { versionInSentence } from '../model/words.ts';

interface Props {
  readonly entries: readonly TransactionResult[];
  readonly format: Format;
}

function Line({ entry, format }: { entry: TransactionResult; format: Format }): JSX.Element {
  const { from, to, startedAt, endedAt } = entry;
  const facts = { from: versionInSentence(from), to: versionInSentence(to) };
  const took = format.took(startedAt, endedAt);
  return (
    <li>
      <span>{fill(wordsOf(entry), facts, format)}</span>
      <span class="meta">
        {format.day(endedAt)}, {fill(messages.host.took, { took }, format)}
      </span>
    </li>
  );
}

function wordsOf({ kind, outcome }: TransactionResult): string {
  if (kind === 'repair' && outcome !== 'staged') return messages.outcomes.repair[outcome].title;
  const isBack = kind === 'rollback' && outcome === 'committed';
  return isBack ? messages.history.rolledBack : messages.history[outcome];
}

export function History({ entries, format }: Props): JSX.Element {
  return (
    <section class="card" aria-labelledby="history">
      <h2 id="history">{messages.host.history}</h2>
      {entries.length === 0 ? <p class="meta">{messages.host.noHistory}</p> : null}
      <ul class="history">
        {entries.map((entry) => (
          <Line key={entry.id} entry={entry} format={format} />
        ))}
      </ul>
    </section>
  );
}
