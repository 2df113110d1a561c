/** Reading the status: what it says about the line, and that an old answer never replaces a newer snapshot. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCommands } from '../../src/model/commands.ts';
import { createStatusReader, type StatusReader } from '../../src/model/status-reader.ts';
import { startApiServer, type ApiServer } from '../support/api-server.ts';
import { anAgentStatus } from '../support/builders.ts';

let api: ApiServer;
let reader: StatusReader;
let seen: string[];
let links: string[];
let refusals: unknown[];
let ahead: number[];
let news: boolean[];
const now = Date.parse('2026-11-23T12:00:00.000Z');

beforeEach(async () => {
  api = await startApiServer();
  seen = [];
  links = [];
  refusals = [];
  ahead = [];
  news = [];
  reader = createStatusReader({
    commands: createCommands({ base: api.base, fetch }),
    now: () => now,
    on: {
      link(kind, refusal) {
        links.push(kind);
        if (refusal !== undefined) refusals.push(refusal);
      },
      status: ({ boot, revision }) => seen.push(`${boot}:${String(revision)}`),
      ahead: (ms) => ahead.push(ms),
      isNew: (isNew) => news.push(isNew),
    },
  });
});
afterEach(() => api.stop());

const { signal } = new AbortController();

describe('createStatusReader', () => {
  it('is live when the device answers', async () => {
    expect(await reader.read(signal)).toBe('live');
    expect({ seen, links }).toEqual({ seen: ['boot-a:1'], links: ['live'] });
  });

  it('is reconnecting when it does not', async () => {
    api.replies.set('GET /update/status', { status: 502, body: 'Bad gateway' });
    expect(await reader.read(signal)).toBe('reconnecting');
    expect({ seen, links }).toEqual({ seen: [], links: ['reconnecting'] });
  });

  it('is refused when the device answers that something is wrong with it, and says what', async () => {
    const body = { code: 'config-invalid', details: { key: 'password_file' } };
    api.replies.set('GET /session', { status: 500, body });
    api.replies.set('GET /update/status', { status: 500, body });
    expect(await reader.hasSession()).toBe(true);
    expect(await reader.read(signal)).toBe('refused');
    expect(refusals).toEqual([body]);
  });

  it('is elsewhere when something answers that is no api', async () => {
    api.replies.set('GET /update/status', { status: 404, body: '<h1>Not Found' });
    expect(await reader.read(signal)).toBe('elsewhere');
  });

  it('is signed out when it refuses', async () => {
    api.isSignedIn = false;
    expect(await reader.hasSession()).toBe(false);
    expect(await reader.read(signal)).toBe('signed-out');
  });

  it('does not take a device that says nothing of sessions for a refusal', async () => {
    api.replies.set('GET /session', { status: 404, body: { code: 'invalid-request' } });
    expect(await reader.hasSession()).toBe(true);
  });

  it('learns that nobody has chosen a password yet, where it is told', async () => {
    await reader.hasSession();
    api.replies.set('GET /session', { body: { signedIn: false, setUp: true } });
    expect(await reader.hasSession()).toBe(false);
    expect(news).toEqual([false, true]);
  });

  it('learns the device’s clock', async () => {
    const date = new Date(now + 3_600_000).toUTCString();
    api.replies.set('GET /update/status', { body: api.status, headers: { date } });
    await reader.read(signal);
    expect(ahead).toEqual([3_600_000]);
  });

  it('does not take the rest of a second for a wrong clock', async () => {
    const date = new Date(now - 1000).toUTCString();
    api.replies.set('GET /update/status', { body: api.status, headers: { date } });
    await reader.read(signal);
    expect(ahead).toEqual([0]);
  });

  it('does not let an answer that was on its way replace a newer snapshot', async () => {
    reader.take(anAgentStatus({ revision: 1 }));
    api.replies.set('GET /update/status', () => {
      reader.take(anAgentStatus({ boot: 'boot-b', revision: 0 }));
      return { body: anAgentStatus({ revision: 9 }) };
    });
    await reader.read(signal);
    expect(seen).toEqual(['boot-a:1', 'boot-b:0']);
  });

  it.each([{ ok: true }, [], null, 'x'])(
    'takes %j for the answer of something else',
    async (body) => {
      api.replies.set('GET /update/status', { body });
      api.replies.set('GET /session', { body });
      expect(await reader.hasSession()).toBe(true);
      expect(await reader.read(new AbortController().signal)).toBe('elsewhere');
      expect(seen).toEqual([]);
    },
  );

  it('does not go back within one boot', () => {
    reader.take(anAgentStatus({ revision: 5 }));
    reader.take(anAgentStatus({ revision: 4 }));
    expect(seen).toEqual(['boot-a:5']);
  });

  it('does not use an answer that comes too late', async () => {
    expect(await reader.read(AbortSignal.abort())).toBe('live');
    expect({ seen, links }).toEqual({ seen: [], links: [] });
  });
});
