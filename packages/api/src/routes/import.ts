/**
 * `POST /api/update/import`: a release from the browser, for a device without internet. The file goes to the spool and the agent is
 * told that one lies there, never where; it judges the release, and who installs it does that by `apply`, as ever.
 */
import { UpdateError, type TransactionId } from '@pikit/protocol';
import type { Client } from '../agent/client.ts';
import type { FeedEvent, StatusFeed } from '../agent/status-feed.ts';
import type { ImportSpool } from '../import-spool.ts';
import type { OpenStreams } from '../open-streams.ts';
import type { ApiContext, Handler } from '../request.ts';
import { answerBegun, createFollower } from './apply.ts';
import { firstEvent } from './events.ts';

/** Digits, as many as no file has. */
const LENGTH = /^\d{1,15}$/;

interface Needs {
  readonly client: Client;
  readonly feed: StatusFeed;
  readonly streams: OpenStreams;
  readonly spool: ImportSpool;
}

export function postImport({ client, feed, streams, spool }: Needs): Handler {
  return async (c) => {
    const bytes = lengthOf(c);
    await assertFree(feed);
    return answerBegun(c, { feed, streams }, async () => {
      const place = spool.take();
      let begun;
      try {
        await place.receive(c.req.raw.body ?? new Blob([]).stream(), bytes);
        begun = await client.call('update.import', {});
      } catch (error) {
        await place.release();
        throw error;
      }
      void ended(feed, begun.transaction).then(() => place.release());
      return begun;
    });
  };
}

/**
 * Whether a file of so many bytes, or any at all, would be taken now. A browser reads no answer before it has sent the whole file, and
 * nothing at all where the connection is closed over that: it must be able to ask before.
 */
export function getImport({ feed, spool }: Pick<Needs, 'feed' | 'spool'>): Handler {
  return async (c) => {
    const bytes = c.req.query('bytes') ?? '0';
    if (!LENGTH.test(bytes)) throw invalid('the question names no length', 'bytes');
    await assertFree(feed);
    await spool.assertRoom(Number(bytes));
    return c.json({ taken: true });
  };
}

/** Asked for before anything is read, so that it can be refused before anything is sent. */
function lengthOf(c: ApiContext): number {
  const length = c.req.header('content-length');
  if (length !== undefined && LENGTH.test(length)) return Number(length);
  throw invalid('the body has no length', 'content-length');
}

function invalid(message: string, reason: string): UpdateError {
  return new UpdateError('invalid-request', message, { details: { reason } });
}

/** What would be refused after minutes of sending is refused at once. */
async function assertFree(feed: StatusFeed): Promise<void> {
  const { agent, transaction } = await feed.current();
  if (agent === 'away') throw new UpdateError('agent-unreachable', 'the agent does not answer');
  if (transaction !== null) {
    const { kind, startedAt } = transaction;
    throw new UpdateError('busy', `busy: ${kind}`, { details: { what: kind, since: startedAt } });
  }
}

/** Until then the agent may read the file: until its result is told, or another transaction runs or has run since. */
function ended(feed: StatusFeed, transaction: TransactionId): Promise<void> {
  const follow = createFollower(transaction);
  return new Promise((resolve) => {
    const look = (event: FeedEvent): void => {
      if (event.kind !== 'status') return;
      const { transaction: running } = event.status;
      const isOther = running !== null && running.id !== transaction;
      if (follow(event) !== 'last' && !isOther) return;
      unsubscribe();
      resolve();
    };
    const unsubscribe = feed.subscribe(look);
    // because an agent that cannot be asked now tells when it is back.
    firstEvent(feed).then(look, () => undefined);
  });
}
