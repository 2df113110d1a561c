/**
 * Every method of the table with its good and bad examples, through a real Unix socket: what the agent's end refuses, what
 * the api's end refuses, and that neither relies on the other.
 */
import { ERROR_CODES, isMethodName, methods, notifications, UpdateError } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { examples, notificationExamples } from '../../packages/protocol/test/examples.ts';
import { readNotification } from '../../packages/api/src/agent/client.ts';
import { expectCode } from '../support/expect-code.ts';
import { waitFor } from '../support/wait-for.ts';
import { LOG_ID, withTwoEnds } from './two-ends.ts';

const NAMES = Object.keys(methods).filter(isMethodName);

/** For sending what the types forbid. */
const asParams = (value: unknown) => value as never;

function failByMistake(): never {
  throw new Error('a secret of the root side');
}

describe.each(NAMES)('%s through the socket', (name) => {
  const { surface } = methods[name];
  const { params, result } = examples[name];
  // JSON-RPC lets a caller leave the parameters out, and the agent reads null as that.
  const bad = Object.entries(params.bad).filter(([, value]) => value !== null);

  it('carries the good parameters there and the good result back', async () => {
    await withTwoEnds({ surface }, async ({ client, calls }) => {
      expect(await client.call(name, asParams(params.good))).toEqual(result.good);
      expect(calls).toEqual([
        { method: name, params: params.good, caller: { surface, by: surface } },
      ]);
    });
  });

  it.each(bad)('is refused by the agent with %s', async (_what, value) => {
    await withTwoEnds({ surface }, async ({ request, calls }) => {
      await expectCode(request(name, value), 'invalid-request');
      expect(calls).toEqual([]);
    });
  });

  it.each(bad)('is not even sent by the api with %s', async (_what, value) => {
    await withTwoEnds({ surface, unchecked: true }, async ({ client, calls }) => {
      await expectCode(client.call(name, asParams(value)), 'invalid-request');
      expect(calls).toEqual([]);
    });
  });

  it.each(Object.entries(result.bad))(
    'does not leave the agent when its result is %s',
    async (_what, value) => {
      await withTwoEnds({ surface, answer: () => value }, async ({ request, logged }) => {
        const error = await expectCode(request(name, params.good), 'internal');
        expect(error.details).toEqual({ logId: LOG_ID });
        expect(logged.join()).toContain(LOG_ID);
      });
    },
  );

  it.each(Object.entries(result.bad))(
    'is refused by the api when the result is %s',
    async (_what, value) => {
      const foreign = { surface, unchecked: true, answer: () => value };
      await withTwoEnds(foreign, async ({ client }) => {
        await expectCode(client.call(name, asParams(params.good)), 'incompatible-protocol');
      });
    },
  );

  it('is offered on the sockets of its surface and on no other', async () => {
    await withTwoEnds({ surface: 'admin' }, async ({ request }) => {
      expect(await request(name, params.good)).toEqual(result.good);
    });
    await withTwoEnds({ surface: 'dashboard' }, async ({ request, calls }) => {
      const answer = request(name, params.good);
      if (surface === 'admin') await expectCode(answer, 'forbidden');
      else expect(await answer).toEqual(result.good);
      expect(calls.length).toBe(surface === 'admin' ? 0 : 1);
    });
  });
});

describe('a method that the table does not have', () => {
  it.each(['update.reboot', 'constructor', '__proto__', ''])('%j is refused', async (method) => {
    await withTwoEnds({ surface: 'admin' }, async ({ request, calls }) => {
      await expectCode(request(method, {}), 'invalid-request');
      expect(calls).toEqual([]);
    });
  });
});

describe('an error of the agent', () => {
  it.each(ERROR_CODES)('arrives at the api as %s, with its facts', async (code) => {
    const details = { version: '1.4.0', bytes: 12 };
    const answer = () => {
      throw new UpdateError(code, 'for the log only', { details, cause: new Error('secret') });
    };
    await withTwoEnds({ answer }, async ({ client }) => {
      const error = await expectCode(client.call('update.status', {}), code);
      expect(error.details).toEqual(details);
      expect(error.message).not.toContain('for the log only');
    });
  });

  it('arrives without a word of its own when it is a bug, and is logged under its id', async () => {
    await withTwoEnds({ answer: failByMistake }, async ({ client, logged }) => {
      const error = await expectCode(client.call('update.status', {}), 'internal');
      expect(error.details).toEqual({ logId: LOG_ID });
      expect(error.message).not.toContain('secret');
      expect(logged.join()).toMatch(new RegExp(`${LOG_ID}.*a secret of the root side`));
    });
  });
});

describe('a notification', () => {
  it('reaches the api as the agent sent it', async () => {
    await withTwoEnds({}, async ({ subscribers, notified, client }) => {
      const status = await client.call('update.status', {});
      for (const tell of subscribers) tell(status);
      await waitFor('the notification', () => notified.length > 0);
      expect(notified).toEqual([{ method: 'status.changed', params: status }]);
    });
  });

  it.each(Object.keys(notifications))('%s is read by the api only when it is whole', (name) => {
    for (const each of ['status.changed', 'log.appended'] as const) {
      if (each !== name) continue;
      const { good, bad } = notificationExamples[each];
      expect(readNotification(each, good)).toEqual(good);
      for (const [what, value] of Object.entries(bad)) {
        expect(readNotification(each, value), what).toBeUndefined();
      }
    }
  });
});
