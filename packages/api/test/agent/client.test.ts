/** The protocol's table applied on this end: nothing wrong goes out, nothing wrong comes in. */
import { methods, notifications, type MethodName, type NotificationName } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { examples, notificationExamples } from '../../../protocol/test/examples.ts';
import { createClient, readNotification } from '../../src/agent/client.ts';

const names = Object.keys(methods) as MethodName[];

const clientThatHears = (answer: unknown) => {
  const requests: [string, number][] = [];
  const client = createClient({
    request: async (method, _params, timeoutMs) => {
      requests.push([method, timeoutMs]);
      return answer;
    },
  });
  return { client, requests };
};

describe('createClient', () => {
  it.each(names)('accepts a good call and a good answer of %s', async (name) => {
    const { params, result } = examples[name];
    const { client } = clientThatHears(result.good);
    expect(await client.call(name, params.good as never)).toEqual(result.good);
  });

  it.each(
    names.flatMap((name) =>
      Object.entries(examples[name].params.bad).map(([what, bad]) => [name, what, bad] as const),
    ),
  )('does not send %s with %s', async (name, _what, bad) => {
    const { client, requests } = clientThatHears(examples[name].result.good);
    await expectCode(client.call(name, bad as never), 'invalid-request');
    expect(requests).toEqual([]);
  });

  it.each(
    names.flatMap((name) =>
      Object.entries(examples[name].result.bad).map(([what, bad]) => [name, what, bad] as const),
    ),
  )('refuses the answer of %s: %s', async (name, _what, bad) => {
    const { client } = clientThatHears(bad);
    const { good } = examples[name].params;
    await expectCode(client.call(name, good), 'incompatible-protocol');
  });

  it('waits longer for what asks the release server, and longest for an audit', async () => {
    const { client, requests } = clientThatHears(examples['update.check'].result.good);
    await client.call('update.verify', {});
    await client.call('update.check', {});
    await client.call('update.status', {});
    const [audit = 0, write = 0, read = 0] = requests.map(([, timeoutMs]) => timeoutMs);
    expect(write).toBeGreaterThan(read);
    expect(audit).toBeGreaterThan(write);
  });
});

describe('readNotification', () => {
  const kinds = Object.keys(notifications) as NotificationName[];

  it.each(kinds)('reads %s', (name) => {
    const { good } = notificationExamples[name];
    expect(readNotification(name, good)).toEqual(good);
  });

  it.each(kinds)('ignores a %s that it cannot read', (name) => {
    for (const bad of Object.values(notificationExamples[name].bad)) {
      expect(readNotification(name, bad)).toBeUndefined();
    }
  });
});
