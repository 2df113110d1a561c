/** One event stream from its opening to its end, against a real server. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listenToEnd } from '../../src/model/event-stream.ts';
import { startApiServer, until, type ApiServer } from '../support/api-server.ts';
import { ID } from '../support/builders.ts';
import { openEventSource } from '../support/event-source.ts';

let api: ApiServer;
beforeEach(async () => {
  api = await startApiServer();
});
afterEach(() => api.stop());

function listen({ silenceMs = 60_000, isAlive = true } = {}) {
  const leave = new AbortController();
  const heard: string[] = [];
  const ended = listenToEnd({
    stream: openEventSource(`${api.base}/update/events`),
    silenceMs,
    signal: leave.signal,
    on: {
      status: ({ boot, revision }) => heard.push(`status ${boot}:${String(revision)}`),
      agent: (agent) => heard.push(`agent ${agent}`),
      log: (id, { message }) => heard.push(`log ${id} ${message}`),
      silence: () => {
        heard.push('silence');
        return Promise.resolve(isAlive);
      },
    },
  });
  return { heard, ended, leave: () => leave.abort() };
}

describe('listenToEnd', () => {
  it('passes on every kind of event', async () => {
    const { heard, ended } = listen();
    await until(() => heard.length === 1);
    api.send('agent', { agent: 'away' });
    api.send('log', { transaction: ID, line: { at: '', level: 'info', message: 'hello' } });
    await until(() => heard.length === 3);
    expect(heard).toEqual(['status boot-a:1', 'agent away', `log ${ID} hello`]);
    await api.stop();
    expect(await ended).toBe(true);
    await api.start();
  });

  it('says that a refused stream never opened', async () => {
    api.isSignedIn = false;
    expect(await listen().ended).toBe(false);
  });

  it('asks after a silence, and goes on when the device answers', async () => {
    const { heard, ended, leave } = listen({ silenceMs: 20 });
    await until(() => heard.filter((what) => what === 'silence').length > 2);
    expect(api.streams()).toBe(1);
    leave();
    expect(await ended).toBe(true);
  });

  it('gives a silent line up when the device does not answer', async () => {
    const { heard, ended } = listen({ silenceMs: 20, isAlive: false });
    expect(await ended).toBe(true);
    expect(heard).toContain('silence');
    await until(() => api.streams() === 0);
  });

  it('closes the stream when it is left', async () => {
    const { heard, ended, leave } = listen();
    await until(() => heard.length === 1);
    leave();
    expect(await ended).toBe(true);
    await until(() => api.streams() === 0);
  });
});
