/**
 * `POST /api/update/apply`: answers 202 with the transaction, or, asked for `text/event-stream`, follows it to its end.
 * Hanging up stops the telling, never the transaction.
 */
import { methods, type TransactionId } from '@pikit/protocol';
import type { Client } from '../agent/client.ts';
import type { FeedEvent, StatusFeed } from '../agent/status-feed.ts';
import type { ApiContext, Handler } from '../request.ts';
import { readBody } from '../middleware/json-body.ts';
import type { OpenStreams } from '../open-streams.ts';
import { answerWith, firstEvent, openSubscribed, encodeFeedEvent } from './events.ts';

export function postApply(client: Client, feed: StatusFeed, streams: OpenStreams): Handler {
  return async (c) => {
    const params = await readBody(c, methods['update.apply'].params);
    return answerBegun(c, { feed, streams }, async () => client.call('update.apply', params));
  };
}

interface Tellers {
  readonly feed: StatusFeed;
  readonly streams: OpenStreams;
}

/** The answer to whatever begins a transaction, told or followed as the caller wishes. Throws what `begin` throws. */
export async function answerBegun(
  c: ApiContext,
  { feed, streams }: Tellers,
  begin: () => Promise<{ readonly transaction: TransactionId }>,
): Promise<Response> {
  if (!/\btext\/event-stream\b/.test(c.req.header('accept') ?? '')) {
    return c.json(await begin(), 202);
  }
  // Subscribed before the call, because the first events may come before its answer.
  let early: FeedEvent[] | undefined = [];
  let follow: ((event: FeedEvent) => void) | undefined;
  const stream = openSubscribed(c, feed, streams, (event) => {
    if (follow === undefined) early?.push(event);
    else follow(event);
  });
  try {
    const { transaction } = await begin();
    const relevant = createFollower(transaction);
    follow = (event) => {
      const verdict = relevant(event);
      if (verdict !== 'skip') stream.send(encodeFeedEvent(event));
      if (verdict === 'last') stream.end();
    };
    for (const event of early) follow(event);
    // The transaction may have ended, or shown itself, before anybody listened.
    follow(await firstEvent(feed));
    early = undefined;
  } catch (cause) {
    stream.end();
    throw cause;
  }
  return answerWith(c, stream);
}

/**
 * Tells which events belong to the transaction. It has ended when a snapshot names it as the last result, or when it was seen
 * running and another one has run or runs since. That none runs is not enough: an agent that was started anew shows none for a
 * moment, and then goes on with it.
 */
export function createFollower(
  transaction: TransactionId,
): (event: FeedEvent) => 'send' | 'last' | 'skip' {
  /** The last result while it ran. */
  let before: TransactionId | 'none' | undefined;
  return (event) => {
    if (event.kind === 'log') return event.entry.transaction === transaction ? 'send' : 'skip';
    if (event.kind === 'agent') return 'send';
    const { transaction: running, last_result: last } = event.status;
    if (last?.id === transaction) return 'last';
    const latest = last?.id ?? 'none';
    if (running?.id === transaction) {
      before = latest;
      return 'send';
    }
    if (before === undefined) return 'skip';
    return running === null && latest === before ? 'send' : 'last';
  };
}
