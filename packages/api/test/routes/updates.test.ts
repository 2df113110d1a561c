/** The commands: what reaches the agent, and what comes back. */
import { UpdateError } from '@pikit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiFixture, type ApiFixture } from '../support/api-fixture.ts';
import { settledStatus, theTransaction } from '../support/statuses.ts';

let api: ApiFixture;
beforeEach(async () => {
  api = await createApiFixture();
});
afterEach(() => api.stop());

describe('the commands', () => {
  it('check answers the snapshot after it', async () => {
    api.agent.answer('update.check', () => settledStatus({ revision: 30 }));
    const answer = await api.post('/api/update/check', {});
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ ...settledStatus({ revision: 30 }), agent: 'reachable' });
  });

  it('verify answers the snapshot with what was found', async () => {
    api.agent.answer('update.verify', () => settledStatus({ revision: 31 }));
    const answer = await api.post('/api/update/verify', {});
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ ...settledStatus({ revision: 31 }), agent: 'reachable' });
  });

  it('repair is accepted and goes on in the background', async () => {
    api.agent.answer('update.repair', () => ({ transaction: theTransaction }));
    const answer = await api.post('/api/update/repair');
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ transaction: theTransaction });
  });

  it.each([
    ['nothing-to-repair', 409],
    ['not-repairable', 409],
    ['manifest-changed', 412],
    ['offline', 503],
  ] as const)('a repair refused with %s answers %i', async (code, status) => {
    api.agent.answer('update.repair', () => {
      throw new UpdateError(code, 'no');
    });
    const answer = await api.post('/api/update/repair');
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
  });

  it('roll-back is accepted and goes on in the background', async () => {
    api.agent.answer('update.rollback', () => ({ transaction: theTransaction }));
    const answer = await api.post('/api/update/rollback');
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBeNull();
    expect(await answer.json()).toEqual({ transaction: theTransaction });
  });

  it('cancel names the transaction', async () => {
    const asked: unknown[] = [];
    api.agent.answer('update.cancel', (params) => {
      asked.push(params);
      return {};
    });
    const answer = await api.post('/api/update/cancel', { transaction: theTransaction });
    expect(await answer.json()).toEqual({});
    expect(asked).toEqual([{ transaction: theTransaction }]);
  });

  it('auto answers the settings as they are now', async () => {
    const settings = { autoCheck: true, checkAt: '03:00', channel: 'beta', keep: 2 } as const;
    const asked: unknown[] = [];
    api.agent.answer('update.auto', (params) => {
      asked.push(params);
      return settings;
    });
    const answer = await api.post('/api/update/auto', { autoCheck: true });
    expect(await answer.json()).toEqual(settings);
    expect(asked).toEqual([{ autoCheck: true }]);
  });

  it('skip passes the version on, and null', async () => {
    const asked: unknown[] = [];
    api.agent.answer('update.skip', (params) => {
      asked.push(params);
      return settledStatus({ skipped: '1.4.0' });
    });
    const answer = await api.post('/api/update/skip', { version: '1.4.0' });
    expect(await answer.json()).toMatchObject({ skipped: '1.4.0', agent: 'reachable' });
    expect((await api.post('/api/update/skip', { version: null })).status).toBe(200);
    expect(asked).toEqual([{ version: '1.4.0' }, { version: null }]);
  });

  it.each([
    ['cancel', {}],
    ['cancel', { transaction: 'x' }],
    ['auto', { autoCheck: 'yes' }],
    ['auto', { autoCheck: true, command: 'reboot' }],
    ['auto', { checkAt: '25:00' }],
    ['auto', { keep: 9 }],
    ['skip', {}],
    ['skip', { version: '*' }],
    ['apply', { version: '1.4.0' }],
    ['apply', { version: 'v1', manifestSha256: 'x' }],
  ])('%s refuses %j before the agent hears of it', async (command, body) => {
    const answer = await api.post(`/api/update/${command}`, body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'invalid-request' });
    expect(api.agent.calls).toEqual([]);
  });

  it('passes a refusal of the agent on, with its details', async () => {
    api.agent.answer('update.check', () => {
      throw new UpdateError('busy', 'no', { details: { what: 'apply', since: '10:02' } });
    });
    const answer = await api.post('/api/update/check');
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({
      code: 'busy',
      details: { what: 'apply', since: '10:02' },
    });
  });

  it('leaks nothing when the agent breaks', async () => {
    api.agent.answer('update.check', () => {
      throw new TypeError('secret /root/path');
    });
    const answer = await api.post('/api/update/check');
    expect(answer.status).toBe(500);
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ code: 'internal', details: { logId: 'log-1' } });
    expect(text).not.toContain('secret');
  });
});
