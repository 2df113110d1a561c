/** The three reads. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aTransactionResult } from '../../../protocol/test/sample-documents.ts';
import { createApiFixture, type ApiFixture } from '../support/api-fixture.ts';
import { aLogEntry, settledStatus, theTransaction } from '../support/statuses.ts';

let api: ApiFixture;
beforeEach(async () => {
  api = await createApiFixture();
});
afterEach(() => api.stop());

describe('GET /api/update/status', () => {
  it('answers the snapshot and says that the agent can be had', async () => {
    const answer = await api.get('/api/update/status');
    expect(await answer.json()).toEqual({ ...settledStatus(), agent: 'reachable' });
  });

  it('is a problem when there is nothing to show', async () => {
    await api.agent.stop();
    const answer = await api.get('/api/update/status');
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(await answer.json()).toMatchObject({ code: 'agent-unreachable' });
  });
});

describe('GET /api/update/history', () => {
  it('passes the limit on and has a default', async () => {
    const limits: unknown[] = [];
    api.agent.answer('update.history', (params) => {
      limits.push(params);
      return { entries: [aTransactionResult()] };
    });
    const answer = await api.get('/api/update/history?limit=3');
    expect(await answer.json()).toEqual({ entries: [aTransactionResult()] });
    await api.get('/api/update/history');
    expect(limits).toEqual([{ limit: 3 }, { limit: 20 }]);
  });

  it.each(['0', '201', '1.5', 'many', ''])('refuses the limit %j', async (limit) => {
    const answer = await api.get(`/api/update/history?limit=${limit}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ details: { fields: 'limit' } });
  });
});

describe('GET /api/update/log', () => {
  it('asks for the one named, or the latest', async () => {
    const asked: unknown[] = [];
    const log = { transaction: theTransaction, lines: [aLogEntry().line] };
    api.agent.answer('update.log', (params) => {
      asked.push(params);
      return log;
    });
    expect(await (await api.get(`/api/update/log?transaction=${theTransaction}`)).json()).toEqual(
      log,
    );
    await api.get('/api/update/log');
    expect(asked).toEqual([{ transaction: theTransaction }, { transaction: null }]);
  });

  it('refuses what is no transaction', async () => {
    const answer = await api.get('/api/update/log?transaction=../../etc/passwd');
    expect(answer.status).toBe(400);
  });
});
