/** The line to the device: it reads on its own, survives what a device does during an update, and never writes. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCommands } from '../../src/model/commands.ts';
import { createConnection, type Connection, type Pace } from '../../src/model/connection.ts';
import { startApiServer, until, type ApiServer, type Reply } from '../support/api-server.ts';
import { anAgentStatus, ID } from '../support/builders.ts';
import { openEventSource } from '../support/event-source.ts';

let api: ApiServer;
let connection: Connection;
let heard: string[];

const createOne = ({ silenceMs }: Pick<Pace, 'silenceMs'>): Connection =>
  createConnection({
    base: api.base,
    commands: createCommands({ base: api.base, fetch }),
    openEvents: openEventSource,
    now: Date.now,
    pace: { firstRetryMs: 5, mostRetryMs: 20, silenceMs },
    on: {
      link: (kind) => heard.push(kind),
      status: ({ revision }) => heard.push(`revision ${String(revision)}`),
      ahead: () => undefined,
      isNew: () => undefined,
      agent: (agent) => heard.push(`agent ${agent}`),
      log: (_, { message }) => heard.push(`log ${message}`),
    },
  });

beforeEach(async () => {
  api = await startApiServer();
  heard = [];
  connection = createOne({ silenceMs: 60_000 });
});
afterEach(async () => {
  connection.stop();
  await api.stop();
});

const routes = () => api.asked.map(({ route }) => route);
const timesAsked = (wanted: string) => routes().filter((route) => route === wanted).length;

describe('createConnection', () => {
  it('asks for the session, the status and the events, and for nothing else', async () => {
    connection.start();
    await until(() => api.streams() === 1);
    expect(routes()).toEqual(['GET /session', 'GET /update/status', 'GET /update/events']);
  });

  it('passes on what is pushed', async () => {
    connection.start();
    await until(() => api.streams() === 1);
    api.send('status', anAgentStatus({ revision: 7 }));
    api.send('agent', { agent: 'away' });
    api.send('log', { transaction: ID, line: { at: '', level: 'info', message: 'x' } });
    await until(() => heard.includes('log x'));
    expect(heard.slice(-3)).toEqual(['revision 7', 'agent away', 'log x']);
  });

  it('comes back by itself when the api restarts, with what has changed', async () => {
    connection.start();
    await until(() => api.streams() === 1);
    await api.stop();
    await until(() => heard.includes('reconnecting'));
    api.status = anAgentStatus({ boot: 'boot-b', revision: 40 });
    await api.start();
    await until(() => heard.lastIndexOf('live') > heard.indexOf('reconnecting'));
    await until(() => heard.includes('revision 40'));
    expect(heard.slice(-3)).toContain('live');
  });

  it('keeps trying while a proxy answers for the api', async () => {
    api.replies.set('GET /update/status', { status: 502, body: 'Bad gateway' });
    connection.start();
    await until(() => routes().filter((route) => route === 'GET /update/status').length > 4);
    expect(new Set(heard)).toEqual(new Set(['reconnecting']));
    api.replies.clear();
    await until(() => api.streams() === 1);
  });

  it('rests without a session, and goes on after one', async () => {
    api.isSignedIn = false;
    connection.start();
    await until(() => heard.includes('signed-out'));
    expect(routes()).toEqual(['GET /session']);
    api.isSignedIn = true;
    await connection.refresh();
    await until(() => api.streams() === 1);
  });

  it('notices that the session has ended', async () => {
    connection.start();
    await until(() => api.streams() === 1);
    api.isSignedIn = false;
    await connection.refresh();
    expect(heard.at(-1)).toBe('signed-out');
    const before = api.asked.length;
    await until(() => api.streams() === 0);
    expect(api.asked.length).toBe(before);
  });

  it('still follows the status when no events come through', async () => {
    api.replies.set('GET /update/events', { status: 404, body: 'no' });
    api.isSignedIn = true;
    connection.start();
    await until(() => heard.includes('revision 1'));
    api.status = anAgentStatus({ revision: 2 });
    await connection.refresh();
    expect(heard).toContain('revision 2');
  });

  it('does not trust a stream that has missed something', async () => {
    connection.stop();
    connection = createOne({ silenceMs: 30 });
    connection.start();
    await until(() => api.streams() === 1);
    await until(() => timesAsked('GET /update/status') > 3);
    expect(timesAsked('GET /update/events')).toBe(1);
    // Nobody pushes it.
    api.status = anAgentStatus({ revision: 2 });
    await until(() => timesAsked('GET /update/events') === 2);
    expect(heard).toContain('revision 2');
  });

  it('listens no more while it rests, tells what it is asked for, and begins anew', async () => {
    connection.start();
    await until(() => api.streams() === 1);
    connection.rest();
    await until(() => api.streams() === 0);
    api.status = anAgentStatus({ revision: 2 });
    await connection.refresh();
    expect(heard.at(-1)).toBe('revision 2');
    expect(api.streams()).toBe(0);
    connection.start();
    await until(() => api.streams() === 1);
  });

  it('hears what is pushed also where another question failed while it was coming back', async () => {
    const answers: ((reply: Reply) => void)[] = [];
    api.replies.set('GET /update/status', () => new Promise((answer) => answers.push(answer)));
    connection.start();
    await until(() => answers.length === 1);
    const refreshed = connection.refresh();
    await until(() => answers.length === 2);
    answers[1]?.({ status: 502, body: 'Bad gateway' });
    await refreshed;
    answers[0]?.({ body: api.status });
    await until(() => api.streams() === 1);
    api.send('status', anAgentStatus({ revision: 7 }));
    await until(() => heard.includes('revision 7'));
  });

  it('is quiet after it was stopped', async () => {
    connection.start();
    await until(() => api.streams() === 1);
    connection.stop();
    await until(() => api.streams() === 0);
    const before = heard.length;
    await connection.refresh();
    expect(heard.length).toBe(before);
  });
});
