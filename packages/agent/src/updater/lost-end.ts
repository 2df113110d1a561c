/**
 * A snapshot that still shows a transaction for which there is no journal: the agent was cut off between removing the
 * journal and publishing the end, or the journal was damaged. Only that transaction's own entry may be published as its end.
 */
import type { TransactionResult, TransactionView } from '@pikit/protocol';
import type { StatusBoard } from './status-board.ts';
import type { Store } from './store.ts';

/** What the config allows at most; the next ordinary end cuts the history to the owner's number. */
const HISTORY_LIMIT = 1000;

/** Does nothing when the snapshot shows no transaction. */
export async function publishLostEnd(store: Store, board: StatusBoard): Promise<void> {
  const shown = (await store.loadState())?.status.transaction ?? null;
  if (shown === null) return;
  const history = await store.loadHistory(HISTORY_LIMIT);
  const known = history.find(({ id }) => id === shown.id);
  const end = known ?? unknownEnd(shown);
  if (known === undefined) await store.addToHistory(end, HISTORY_LIMIT);
  await board.end(end);
}

/** Nobody knows how far it came, so nothing better may be promised. */
function unknownEnd(shown: TransactionView): TransactionResult {
  const { id, kind, by, from, to, startedAt, phase } = shown;
  return {
    id,
    kind,
    by,
    from,
    to,
    outcome: 'broken',
    error: { code: 'interrupted', details: { phase } },
    startedAt,
    // The only time that is known of it.
    endedAt: startedAt,
    bytesFetched: 0,
  };
}
