/** `GET /api/update/events`: the whole snapshot first, then each change, until the reader leaves. */
import { UpdateError } from '@pikit/protocol';
import type { FeedEvent, StatusFeed, StatusView } from '../agent/status-feed.ts';
import type { ApiContext, Handler } from '../request.ts';
import { encodeEvent, type EventStream } from '../event-stream.ts';
import { onceEach } from '../once-each.ts';
import type { OpenStreams } from '../open-streams.ts';

export function getEvents(feed: StatusFeed, streams: OpenStreams): Handler {
  const bytesOfStatus = onceEach((status: StatusView) =>
    encodeFeedEvent({ kind: 'status', status }),
  );
  const bytesOfOther = onceEach(encodeFeedEvent);
  const bytesOf = (event: FeedEvent): Uint8Array =>
    event.kind === 'status' ? bytesOfStatus(event.status) : bytesOfOther(event);
  return async (c) => {
    // What happens while the snapshot is fetched is kept, so that there is no gap and the snapshot still comes first.
    let early: FeedEvent[] | undefined = [];
    const stream = openSubscribed(c, feed, streams, (event, to) => {
      if (early === undefined) to.send(bytesOf(event));
      else early.push(event);
    });
    try {
      const first = await firstEvent(feed);
      stream.send(bytesOf(first));
      for (const event of early) if (!isOlder(event, first)) stream.send(bytesOf(event));
      early = undefined;
    } catch (cause) {
      stream.end();
      throw cause;
    }
    return answerWith(c, stream);
  };
}

/** Without agent and without state file there is nothing to show yet; that the agent is missed can be told, though. */
export async function firstEvent(feed: StatusFeed): Promise<FeedEvent> {
  try {
    return { kind: 'status', status: await feed.current() };
  } catch (cause) {
    if (!(cause instanceof UpdateError)) throw cause;
    const { agent } = await feed.peek();
    return { kind: 'agent', agent: agent === 'reachable' ? 'away' : agent };
  }
}

function isOlder(event: FeedEvent, first: FeedEvent): boolean {
  if (event.kind !== 'status' || first.kind !== 'status') return false;
  const { boot, revision } = first.status;
  return event.status.boot === boot && event.status.revision <= revision;
}

/** A stream that is subscribed to the feed for exactly as long as it is open. */
export function openSubscribed(
  c: ApiContext,
  feed: Pick<StatusFeed, 'subscribe'>,
  streams: OpenStreams,
  onEvent: (event: FeedEvent, stream: EventStream) => void,
): EventStream {
  let unsubscribe: (() => void) | undefined;
  const stream = streams.open({
    caller: c.get('caller'),
    onEnd: () => unsubscribe?.(),
    onTooSlow: () => c.env.incoming.socket.destroy(),
  });
  unsubscribe = feed.subscribe((event) => onEvent(event, stream));
  return stream;
}

export function answerWith(c: ApiContext, stream: EventStream): Response {
  return c.body(stream.body, 200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    // nginx would otherwise collect the events and pass them on in one piece.
    'x-accel-buffering': 'no',
  });
}

/** The id is the snapshot's identity, the same for every reader. */
export function encodeFeedEvent(event: FeedEvent): Uint8Array {
  switch (event.kind) {
    case 'status': {
      const { status } = event;
      return encodeEvent({
        event: 'status',
        id: `${status.boot}:${status.revision}`,
        data: status,
      });
    }
    case 'log':
      return encodeEvent({ event: 'log', data: event.entry });
    case 'agent':
      return encodeEvent({ event: 'agent', data: { agent: event.agent } });
  }
}
