/** What a refusal tells, what the log keeps, and what every answer carries. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UpdateError } from '@pikit/protocol';
import { expect } from 'vitest';
import { startFakeAgent } from '../../../packages/api/test/support/fake-agent.ts';
import { settledStatus } from '../../../packages/api/test/support/statuses.ts';
import { waitFor } from '../../support/wait-for.ts';
import { expectAnyProblem, expectProblem, type Row } from './row.ts';
import { goodAnswers, writeSettings } from './running-api.ts';

const MARK = 'mark-of-the-request';

export const ERROR_ROWS: readonly Row[] = [
  {
    id: '7.4.1',
    requires: 'a failure of ours tells a number under which the log has the rest, and nothing else',
    with: {},
    holds: async (api) => {
      const cookie = await api.cookie();
      await rm(join(api.directory, 'password'));
      await mkdir(join(api.directory, 'password'));
      const reply = await api.ask('GET', '/api/update/status', { headers: { cookie } });
      expectProblem(reply, 500, 'config-invalid', { key: 'password_file' });
      expect(reply.text).not.toContain(api.directory);
      const id = `id=${String(reply.headers['x-request-id'])}`;
      await waitFor('the line', () => api.output().includes(id));
      expect(api.output()).toContain('EISDIR');
    },
  },
  {
    id: '7.4.1',
    requires: 'what the agent says when it fails stays here, but for its code and its facts',
    with: {},
    holds: async (api) => {
      const headers = { cookie: await api.cookie() };
      const check = () => api.write('POST', '/api/update/check', undefined, headers);
      api.agent.answer('update.check', () => {
        throw new UpdateError('offline', MARK, { details: { url: 'http://192.0.2.1/' } });
      });
      expectProblem(await check(), 503, 'offline');
      api.agent.answer('update.check', () => {
        throw new TypeError(MARK);
      });
      const bug = await check();
      expectProblem(bug, 500, 'internal', { logId: 'log-1' });
      api.agent.answer('update.check', () => ({ surprise: MARK }));
      const odd = await check();
      expectProblem(odd, 503, 'incompatible-protocol');
      expect(bug.text + odd.text).not.toContain(MARK);
    },
  },
  {
    id: '5.3.3, 7.4.1',
    requires: 'no refusal repeats what was sent',
    holds: async (api) => {
      const mark = `<script>${MARK}</script>`;
      const path = encodeURIComponent(mark);
      const cookie = await api.cookie();
      const signedIn = { headers: { cookie } };
      const page = { cookie, origin: api.url(), 'content-type': 'application/json' };
      const from = { 'x-forwarded-for': '192.0.2.99' };
      const replies = [
        await api.ask('GET', `/api/${path}`),
        await api.ask('GET', `/${path}?${path}`),
        await api.ask('GET', `/api/update/log?transaction=${path}`, signedIn),
        await api.ask('GET', `/api/update/history?limit=${path}`, signedIn),
        await api.ask('POST', '/api/update/check', { headers: { ...page, origin: mark } }),
        await writeSettings(api, mark),
        await writeSettings(api, JSON.stringify({ [mark]: mark, autoCheck: mark })),
        await api.ask('GET', '/api/health', { headers: { host: `${MARK}.example` } }),
        await api.ask('GET', '/metrics', { headers: { authorization: `Bearer ${MARK}` } }),
        await api.write('POST', '/api/session', { password: MARK }, from),
      ];
      for (const reply of replies) {
        expect(reply.status).toBeGreaterThanOrEqual(400);
        expect(JSON.stringify([reply.text, reply.headers])).not.toContain(MARK);
      }
    },
  },
  {
    id: '7.1.1, 7.3.1',
    requires:
      'nothing in a request breaks a line of the log or writes one, and no secret gets there',
    with: {},
    holds: async (api) => {
      const forged = encodeURIComponent('x\r\n<3>forged\u2028\u001b[31m\u202E');
      await api.ask('GET', `/api/${forged}`);
      await api.ask('GET', `/${forged}?password=${MARK}`, {
        headers: {
          'user-agent': '<3>forged',
          'x-request-id': 'a b <3>forged',
          'x-forwarded-for': '<3>forged\t\u0085',
        },
      });
      const page = { origin: api.url(), 'content-type': 'application/json' };
      await api.ask('POST', '/api/session', { headers: page, body: MARK });
      await waitFor('the lines', () => (api.output().match(/ 40\d \d+ms/g) ?? []).length === 3);
      for (const line of api.output().trimEnd().split('\n')) {
        expect(line).toMatch(/^<[3-7]>[^\p{Cc}\p{Cf}\p{Zl}]+$/u);
        expect(line).not.toMatch(/^<3>forged/);
      }
      expect(api.output()).not.toContain(MARK);
    },
  },
  {
    id: 'own',
    requires: 'every answer has a request id, and takes none that is odd from whoever asks',
    holds: async (api) => {
      const given = { 'abc-1': true, 'a b': false, '<b>': false, ['x'.repeat(65)]: false };
      for (const [id, isTaken] of Object.entries(given)) {
        const reply = await api.ask('GET', '/api/nowhere', { headers: { 'x-request-id': id } });
        expect(reply.headers['x-request-id'] === id).toBe(isTaken);
        expectAnyProblem(reply);
      }
      for (const path of ['/', '/nowhere', '/api/health']) {
        expect((await api.ask('GET', path)).headers['x-request-id']).toMatch(/^[\w-]+$/);
      }
    },
  },
  {
    id: 'own',
    requires:
      'an agent that is away or of another protocol is told of in the status, and met again by itself',
    with: {},
    holds: async (api) => {
      const headers = { cookie: await api.cookie() };
      const reach = async (path: string): Promise<unknown> => {
        const { agent } = JSON.parse((await api.ask('GET', path, { headers })).text) as {
          readonly agent?: string;
        };
        return agent;
      };
      expect(await reach('/api/update/status')).toBe('reachable');
      const socket = join(api.directory, 'agent.sock');
      const stranger = { protocol: 99, agent: '9.0.0', boot: 'b9', surface: 'dashboard' };
      await api.agent.stop();
      for (const [hello, state, code] of [
        [undefined, 'away', 'agent-unreachable'],
        [stranger, 'incompatible', 'incompatible-protocol'],
      ] as const) {
        const answers = { 'agent.hello': () => hello };
        const other = hello === undefined ? undefined : await startFakeAgent(socket, answers);
        await waitFor(
          'the status to say so',
          async () => (await reach('/api/update/status')) === state,
        );
        expect(await reach('/api/health')).toBe(state);
        const refused = await api.write('POST', '/api/update/check', undefined, headers);
        expectProblem(refused, 503, code);
        expect(refused.headers['retry-after']).toBe('5');
        await other?.stop();
      }
      const next = await startFakeAgent(socket, goodAnswers());
      try {
        // Nobody asks for anything that would need the agent.
        await waitFor(
          'the agent to be met',
          async () => (await reach('/api/health')) === 'reachable',
        );
        expect((await api.write('POST', '/api/update/check', undefined, headers)).status).toBe(200);
      } finally {
        await next.stop();
      }
    },
  },
  {
    id: 'own',
    requires: 'an event stream passes a proxy as it is written, and begins with the whole snapshot',
    holds: async (api) => {
      const headers = { cookie: await api.cookie(), 'last-event-id': 'b1:6' };
      const reply = await api.ask('GET', '/api/update/events', { headers });
      expect(reply.headers['x-accel-buffering']).toBe('no');
      const { body } = await fetch(`${api.url()}/api/update/events`, { headers });
      const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
      let heard = '';
      while (!heard.includes('data: ')) heard += (await reader?.read())?.value ?? '';
      const { boot, revision } = settledStatus();
      expect(heard).toContain(`event: status\nid: ${boot}:${revision}\ndata: `);
      await reader?.cancel();
    },
  },
];
