/** An upload: what reaches the agent and when, what is refused before anything is read, and when the file goes. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { UpdateError } from '@pikit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../../../test/support/wait-for.ts';
import { createApiFixture, type ApiFixture } from '../support/api-fixture.ts';
import { readEvents } from '../support/event-reader.ts';
import {
  anotherTransaction,
  endedStatus,
  runningStatus,
  settledStatus,
  theTransaction,
} from '../support/statuses.ts';

const PATH = '/api/update/import';

let api: ApiFixture;
let params: unknown;
let seen: string | undefined;
beforeEach(async () => {
  api = await createApiFixture();
  seen = undefined;
  api.agent.answer('update.import', async (given) => {
    params = given;
    seen = await readFile(api.importFile, 'utf8');
    api.agent.notify('status.changed', runningStatus());
    return { transaction: theTransaction };
  });
});
afterEach(() => api.stop());

type Headers = Readonly<Record<string, string | undefined>>;

async function upload(body: string, headers: Headers = {}): Promise<Response> {
  return api.request(PATH, {
    method: 'POST',
    body,
    headers: {
      cookie: await api.cookie(),
      'content-type': 'application/x-tar',
      'content-length': String(body.length),
      ...headers,
    },
  });
}

const ask = async (bytes: string, cookie?: string): Promise<Response> =>
  api.request(`${PATH}?bytes=${bytes}`, { headers: { cookie: cookie ?? (await api.cookie()) } });

const isGone = () => waitFor('the file to go', () => !existsSync(api.importFile));
const end = (): void => api.agent.notify('status.changed', endedStatus({ revision: 9 }));

describe('POST /api/update/import', () => {
  it('tells the agent that a file lies there, never where, and removes it when the transaction has ended', async () => {
    const answer = await upload('a release');
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ transaction: theTransaction });
    expect({ params, seen }).toEqual({ params: {}, seen: 'a release' });
    expect(existsSync(api.importFile)).toBe(true);
    end();
    await isGone();
  });

  it('follows the transaction where that is asked for', async () => {
    const answer = await upload('a release', { accept: 'text/event-stream' });
    const events = readEvents(answer);
    expect((await events.nextNamed('status')).data).toMatchObject({
      transaction: { id: theTransaction },
    });
    end();
    expect((await events.rest()).at(-1)).toMatchObject({
      data: { last_result: { id: theTransaction } },
    });
    await isGone();
  });

  it('removes the file when the agent refuses it, and takes the next one', async () => {
    api.agent.answer('update.import', () => {
      throw new UpdateError('signature-invalid', 'no');
    });
    for (const _try of [1, 2]) {
      const answer = await upload('a release');
      expect(await answer.json()).toMatchObject({ code: 'signature-invalid' });
      expect(existsSync(api.importFile)).toBe(false);
    }
  });

  it('refuses a second one while the first is used, and whatever else goes on', async () => {
    await upload('a release');
    const second = await upload('another');
    expect(second.status).toBe(409);
    expect(await second.json()).toMatchObject({ code: 'busy' });
    expect(await readFile(api.importFile, 'utf8')).toBe('a release');
    end();
    await isGone();
  });

  it('refuses a second one while the first is on its way', async () => {
    api.agent.answer('update.import', () => new Promise(() => undefined));
    void upload('a release');
    await waitFor('the file', () => existsSync(api.importFile));
    expect(await (await upload('another')).json()).toMatchObject({ code: 'busy' });
  });

  it('goes on waiting for an agent that goes away in the middle', async () => {
    await upload('a release');
    api.agent.hangUp();
    api.agent.answer('update.status', () => settledStatus({ boot: 'b2' }));
    await waitFor('the agent to be asked', () => api.agent.calls.at(-1) === 'update.status');
    expect((await upload('another')).status).toBe(409);
    expect(existsSync(api.importFile)).toBe(true);
    api.agent.notify('status.changed', endedStatus({ boot: 'b2', revision: 9 }));
    await isGone();
  });

  it('is done with it when another transaction runs', async () => {
    await upload('a release');
    const { transaction } = runningStatus();
    if (transaction === null) throw new Error('nothing runs');
    const other = { ...transaction, id: anotherTransaction };
    api.agent.notify('status.changed', runningStatus({ revision: 9, transaction: other }));
    await isGone();
  });

  it('is done with it when another transaction has run since', async () => {
    await upload('a release');
    const { last_result: result } = endedStatus();
    if (result === null) throw new Error('nothing has ended');
    const other = { ...result, id: anotherTransaction };
    api.agent.notify('status.changed', endedStatus({ revision: 9, last_result: other }));
    await isGone();
  });

  it.each([
    ['another type', { 'content-type': 'application/json' }, 400, 'invalid-request'],
    ['no length', { 'content-length': undefined }, 400, 'invalid-request'],
    ['a length over the limit', { 'content-length': '1000001' }, 413, 'too-large'],
    ['another length than it has', { 'content-length': '8' }, 400, 'invalid-request'],
    ['another origin', { origin: 'http://evil.example' }, 403, 'forbidden'],
    ['no session', { cookie: undefined }, 401, 'unauthenticated'],
  ])('refuses %s, and leaves nothing', async (_what, headers, status, code) => {
    const answer = await upload('a release', headers);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
    expect(api.agent.calls).not.toContain('update.import');
    expect(existsSync(api.importFile)).toBe(false);
    expect(existsSync(`${api.importFile}.part`)).toBe(false);
  });

  it('tells before anything is sent whether it would be taken', async () => {
    expect(await (await ask('9')).json()).toEqual({ taken: true });
    const tooLarge = await ask('1000001');
    expect(tooLarge.status).toBe(413);
    expect(await tooLarge.json()).toMatchObject({
      code: 'too-large',
      details: { limit: 1_000_000 },
    });
    for (const bytes of ['', '-1', '1e3', '1'.repeat(16)]) {
      expect(await (await ask(bytes)).json()).toMatchObject({ code: 'invalid-request' });
    }
    const headers = { cookie: await api.cookie() };
    expect(await (await api.request(PATH, { headers })).json()).toEqual({ taken: true });
    expect((await ask('9', 'pikit=x')).status).toBe(401);
    await upload('a release');
    expect(await (await ask('9')).json()).toMatchObject({ code: 'busy' });
    end();
    await isGone();
  });

  it('takes bytes of no type as well, and a token that may update', async () => {
    const headers = { 'content-type': 'application/octet-stream', cookie: undefined };
    const read = { ...headers, authorization: await api.bearer('read') };
    expect((await upload('a release', read)).status).toBe(403);
    const update = { ...headers, authorization: await api.bearer('update') };
    expect((await upload('a release', update)).status).toBe(202);
    end();
    await isGone();
  });

  it('reads nothing while no agent could take it', async () => {
    await api.get('/api/update/status');
    await api.agent.stop();
    const answer = await upload('a release');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: 'agent-unreachable' });
    api.agent.answer('update.status', () => settledStatus());
  });
});
