/** The commands. Each one is the agent's: the api checks who asks and passes on what was asked. */
import { methods } from '@pikit/protocol';
import type { Client } from '../agent/client.ts';
import type { StatusView } from '../agent/status-feed.ts';
import type { Handler } from '../request.ts';
import { readBody } from '../middleware/json-body.ts';

export function postCheck(client: Client): Handler {
  return async (c) => {
    const status = await client.call('update.check', {});
    return c.json({ ...status, agent: 'reachable' } satisfies StatusView);
  };
}

export function postCancel(client: Client): Handler {
  return async (c) => {
    const params = await readBody(c, methods['update.cancel'].params);
    return c.json(await client.call('update.cancel', params));
  };
}

/** 202: it runs in the background, and the events tell how it goes. */
export function postRollback(client: Client): Handler {
  return async (c) => c.json(await client.call('update.rollback', {}), 202);
}

export function postVerify(client: Client): Handler {
  return async (c) => {
    const status = await client.call('update.verify', {});
    return c.json({ ...status, agent: 'reachable' } satisfies StatusView);
  };
}

/** 202, after the audit that every repair begins with. */
export function postRepair(client: Client): Handler {
  return async (c) => c.json(await client.call('update.repair', {}), 202);
}

export function postAuto(client: Client): Handler {
  return async (c) => {
    const params = await readBody(c, methods['update.auto'].params);
    return c.json(await client.call('update.auto', params));
  };
}

export function postSkip(client: Client): Handler {
  return async (c) => {
    const params = await readBody(c, methods['update.skip'].params);
    const status = await client.call('update.skip', params);
    return c.json({ ...status, agent: 'reachable' } satisfies StatusView);
  };
}
