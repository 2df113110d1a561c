/** The stream of events, as a browser reads it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../../../test/support/wait-for.ts';
import { createApiFixture, type ApiFixture } from '../support/api-fixture.ts';
import { readEvents, type EventReader } from '../support/event-reader.ts';
import { startFakeAgent } from '../support/fake-agent.ts';
import { aLogEntry, settledStatus } from '../support/statuses.ts';

let api: ApiFixture;
beforeEach(async () => {
  api = await createApiFixture({ heartbeatMs: 20 });
});
afterEach(() => api.stop());

const listen = async (cookie?: string): Promise<EventReader> =>
  readEvents(
    await api.request('/api/update/events', {
      headers: { cookie: cookie ?? (await api.cookie()) },
    }),
  );

describe('GET /api/update/events', () => {
  it('is an event stream that no proxy holds back', async () => {
    const { status, headers, body } = await api.get('/api/update/events');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/event-stream');
    expect(headers.get('x-accel-buffering')).toBe('no');
    expect(headers.get('cache-control')).toBe('no-store');
    await body?.cancel();
  });

  it('sends the whole snapshot first, then each change', async () => {
    const events = await listen();
    expect((await events.next())?.text).toBe('retry: 2000');
    const first = await events.next();
    expect(first).toMatchObject({ event: 'status', id: 'b1:7' });
    expect(first?.data).toEqual({ ...settledStatus(), agent: 'reachable' });
    api.agent.notify('log.appended', aLogEntry());
    expect((await events.nextNamed('log')).data).toEqual(aLogEntry());
    api.agent.notify('status.changed', settledStatus({ revision: 8, latest: null }));
    for (;;) {
      const { id, data } = await events.nextNamed('status');
      if (id === 'b1:7') continue;
      expect(data).toMatchObject({ revision: 8, latest: null, agent: 'reachable' });
      break;
    }
    await events.leave();
  });

  it('tells when the agent goes and comes, and stays open', async () => {
    const events = await listen();
    await events.nextNamed('status');
    await waitFor('the line', () => api.agent.connections() === 1);
    await api.agent.stop();
    expect((await events.nextNamed('agent')).data).toEqual({ agent: 'away' });
    const back = await startFakeAgent(`${api.directory}/agent.sock`, {
      'update.status': () => settledStatus({ boot: 'b2', revision: 1 }),
    });
    expect((await events.nextNamed('agent')).data).toEqual({ agent: 'reachable' });
    expect((await events.nextNamed('status')).id).toBe('b2:1');
    await events.leave();
    await back.stop();
  });

  it('opens although nothing can be shown yet', async () => {
    await api.agent.stop();
    const events = await listen();
    expect((await events.nextNamed('agent')).data).toEqual({ agent: 'away' });
    const back = await startFakeAgent(`${api.directory}/agent.sock`, {
      'update.status': () => settledStatus(),
    });
    expect((await events.nextNamed('status')).id).toBe('b1:7');
    await events.leave();
    await back.stop();
  });

  it('sends a sign of life when nothing happens', async () => {
    const events = await listen();
    await events.nextNamed('status');
    for (;;) if ((await events.next())?.text.startsWith(':') === true) break;
    await events.leave();
  });

  it('leaves the agent alone once the last reader has gone', async () => {
    const [one, two] = [await listen(), await listen()];
    await one.nextNamed('status');
    await two.nextNamed('status');
    await one.leave();
    await two.leave();
    api.agent.notify('log.appended', aLogEntry());
    // Nobody is subscribed any more: a new reader gets the snapshot and not the old line.
    const three = await listen();
    await three.next();
    expect((await three.next())?.event).toBe('status');
    await three.leave();
  });

  it('ends with the session, at once on sign-out', async () => {
    const cookie = await api.cookie();
    const events = await listen(cookie);
    const other = await listen();
    await events.nextNamed('status');
    await api.request('/api/session', { method: 'DELETE', headers: { cookie } });
    await events.rest();
    await other.nextNamed('status');
    await other.leave();
  });
});
