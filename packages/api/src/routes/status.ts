/** What is, what was, and what was said: the three reads of an update. */
import { methods } from '@pikit/protocol';
import type { Client } from '../agent/client.ts';
import type { StatusFeed, StatusView } from '../agent/status-feed.ts';
import { onceEach } from '../once-each.ts';
import type { Handler } from '../request.ts';
import { checkInput } from '../middleware/json-body.ts';

const DEFAULT_HISTORY = 20;

/** Answers from memory or from the disk where it can; the agent may sleep on. */
export function getStatus(feed: Pick<StatusFeed, 'current'>): Handler {
  const textOf = onceEach((status: StatusView) => JSON.stringify(status));
  const headers = { 'content-type': 'application/json' };
  return async (c) => c.body(textOf(await feed.current()), 200, headers);
}

export function getHistory(client: Client): Handler {
  return async (c) => {
    const limit = c.req.query('limit');
    const params = checkInput(methods['update.history'].params, {
      limit: limit === undefined ? DEFAULT_HISTORY : Number(limit),
    });
    return c.json(await client.call('update.history', params));
  };
}

/** Without `transaction`: the running one, or else the latest. */
export function getLog(client: Client): Handler {
  return async (c) => {
    const params = checkInput(methods['update.log'].params, {
      transaction: c.req.query('transaction') ?? null,
    });
    return c.json(await client.call('update.log', params));
  };
}
