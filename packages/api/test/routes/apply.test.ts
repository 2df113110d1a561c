/** Applying: accepted, refused, and followed to the end. */
import { UpdateError } from '@pikit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aSha256, aTransactionResult } from '../../../protocol/test/sample-documents.ts';
import { createFollower } from '../../src/routes/apply.ts';
import { createApiFixture, type ApiFixture } from '../support/api-fixture.ts';
import { readEvents } from '../support/event-reader.ts';
import {
  aLogEntry,
  anotherTransaction,
  endedStatus,
  runningStatus,
  settledStatus,
  theTransaction,
} from '../support/statuses.ts';

const body = { version: '1.4.0', manifestSha256: aSha256() };
const stream = { accept: 'text/event-stream' };

let api: ApiFixture;
beforeEach(async () => {
  api = await createApiFixture();
  api.agent.answer('update.apply', () => ({ transaction: theTransaction }));
});
afterEach(() => api.stop());

describe('POST /api/update/apply', () => {
  it('answers 202 with the transaction', async () => {
    const answer = await api.post('/api/update/apply', body);
    expect(answer.status).toBe(202);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toEqual({ transaction: theTransaction });
  });

  it('streams what happens, to the result and no further', async () => {
    api.agent.answer('update.status', () => runningStatus());
    const events = readEvents(await api.post('/api/update/apply', body, stream));
    expect((await events.nextNamed('status')).data).toMatchObject({
      transaction: { id: theTransaction },
    });
    api.agent.notify('log.appended', aLogEntry(anotherTransaction));
    api.agent.notify('log.appended', aLogEntry());
    api.agent.notify('status.changed', runningStatus({ revision: 8 }));
    api.agent.notify('status.changed', endedStatus({ revision: 9 }));
    api.agent.notify('status.changed', settledStatus({ revision: 10 }));
    const rest = await events.rest();
    expect(rest.filter(({ event }) => event === 'log').map(({ data }) => data)).toEqual([
      aLogEntry(),
    ]);
    expect(rest.at(-1)).toMatchObject({
      event: 'status',
      id: 'b1:9',
      data: { last_result: { id: theTransaction, outcome: 'rolled-back' } },
    });
  });

  it('streams the result of one that ended before anybody listened', async () => {
    api.agent.answer('update.status', () => endedStatus());
    const events = readEvents(await api.post('/api/update/apply', body, stream));
    expect((await events.rest()).at(-1)).toMatchObject({
      data: { last_result: { id: theTransaction } },
    });
  });

  it('stays open when the agent goes away just after it began', async () => {
    api.agent.answer('update.apply', () => {
      setImmediate(() => api.agent.hangUp());
      api.agent.answer('update.status', () => endedStatus({ revision: 9 }));
      return { transaction: theTransaction };
    });
    const answer = await api.post('/api/update/apply', body, stream);
    expect(answer.status).toBe(200);
    expect((await readEvents(answer).rest()).at(-1)).toMatchObject({
      data: { last_result: { id: theTransaction } },
    });
  });

  it.each([{}, stream])('is a plain problem when refused, asked with %j', async (headers) => {
    api.agent.answer('update.apply', () => {
      throw new UpdateError('manifest-changed', 'no');
    });
    const answer = await api.post('/api/update/apply', body, headers);
    expect(answer.status).toBe(412);
    expect(await answer.json()).toMatchObject({ code: 'manifest-changed' });
  });
});

const status = (of: ReturnType<typeof runningStatus>) =>
  ({ kind: 'status', status: { ...of, agent: 'reachable' } }) as const;

describe('createFollower', () => {
  it('waits for its transaction to show, and takes its end from the result', () => {
    const verdict = createFollower(theTransaction);
    expect(verdict(status(settledStatus()))).toBe('skip');
    expect(verdict(status(runningStatus()))).toBe('send');
    expect(verdict(status(endedStatus()))).toBe('last');
  });

  it('takes it for ended when another one has run since, or runs', () => {
    const { transaction, ...rest } = runningStatus();
    const next = transaction && { ...transaction, id: anotherTransaction };
    const last = { ...aTransactionResult(), id: anotherTransaction };
    for (const since of [settledStatus({ last_result: last }), { ...rest, transaction: next }]) {
      const verdict = createFollower(theTransaction);
      verdict(status(runningStatus()));
      expect(verdict(status(since))).toBe('last');
    }
  });

  it('stays with it over a restart of the agent, which shows none for a moment', () => {
    const verdict = createFollower(theTransaction);
    verdict(status(runningStatus()));
    expect(verdict(status(settledStatus()))).toBe('send');
    expect(verdict(status(runningStatus()))).toBe('send');
    expect(verdict(status(endedStatus()))).toBe('last');
  });

  it('tells apart whose log lines come, and passes on how the agent is', () => {
    const verdict = createFollower(theTransaction);
    expect(verdict({ kind: 'log', entry: { ...aLogEntry(), transaction: theTransaction } })).toBe(
      'send',
    );
    expect(
      verdict({ kind: 'log', entry: { ...aLogEntry(), transaction: anotherTransaction } }),
    ).toBe('skip');
    expect(verdict({ kind: 'agent', agent: 'away' })).toBe('send');
  });
});
