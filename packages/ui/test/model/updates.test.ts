/** The device as the page sees it, against a real server: commands, their refusals, and what a click leaves behind. */
import type { Sha256 } from '@pikit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createUpdates, type Updates } from '../../src/model/updates.ts';
import { startApiServer, until, type ApiServer } from '../support/api-server.ts';
import { aDrift, aResult, aTransaction, anAgentStatus, ID, RELEASE } from '../support/builders.ts';
import { openEventSource } from '../support/event-source.ts';

let api: ApiServer;
let updates: Updates;

beforeEach(async () => {
  api = await startApiServer();
  updates = createUpdates({
    base: api.base,
    fetch,
    openEvents: openEventSource,
    now: Date.now,
    pace: { firstRetryMs: 5, mostRetryMs: 20, silenceMs: 60_000 },
  });
});
afterEach(async () => {
  updates.stop();
  await api.stop();
});

async function begin(): Promise<void> {
  updates.start();
  await until(() => api.streams() === 1 && updates.situation().link.kind === 'live');
}
const writes = () => api.asked.filter(({ route }) => !route.startsWith('GET '));
const line = (message: string) => ({ at: 't', level: 'info', message });
const LOG = `GET /update/log?transaction=${ID}`;

describe('createUpdates', () => {
  it('starts nothing by being opened', async () => {
    await begin();
    expect(updates.situation()).toMatchObject({ link: { kind: 'live' }, agent: 'reachable' });
    expect(writes()).toEqual([]);
  });

  it('installs exactly the release that was shown', async () => {
    await begin();
    api.replies.set('POST /update/apply', () => {
      api.status = anAgentStatus({ revision: 2, transaction: aTransaction() });
      return { status: 202, body: { transaction: ID } };
    });
    await updates.install(RELEASE);
    expect(writes().map(({ body }) => body)).toEqual([
      JSON.stringify({ version: '1.4.0', manifestSha256: RELEASE.manifestSha256 }),
    ]);
    const { status, pending } = updates.situation();
    expect({ id: status?.transaction?.id, pending }).toEqual({ id: ID, pending: undefined });
  });

  it('skips a version, and takes it back', async () => {
    await begin();
    api.replies.set('POST /update/skip', { status: 200, body: anAgentStatus() });
    await updates.skip(RELEASE.version);
    await updates.skip(null);
    expect(writes().map(({ body }) => body)).toEqual(['{"version":"1.4.0"}', '{"version":null}']);
  });

  it('keeps what was ticked for one release only', () => {
    const other = { ...RELEASE, manifestSha256: 'b'.repeat(64) as Sha256 };
    updates.tick(RELEASE, 'one', true);
    updates.tick(RELEASE, 'two', true);
    updates.tick(RELEASE, 'one', false);
    expect(updates.situation().ticked?.duties).toEqual(['two']);
    updates.tick(other, 'three', true);
    expect(updates.situation().ticked).toEqual({ of: other.manifestSha256, duties: ['three'] });
  });

  it('says why the device cannot tell anything, and no more when it can', async () => {
    const refuse = (code: string) => {
      const reply = { status: 500, body: { code, details: { key: 'password_file' } } };
      api.replies.set('GET /session', reply).set('GET /update/status', reply);
    };
    refuse('internal');
    updates.start();
    await until(() => updates.situation().link.refusal?.code === 'internal');
    refuse('config-invalid');
    await until(() => updates.situation().link.refusal?.code === 'config-invalid');
    expect(updates.situation().link.kind).toBe('refused');
    api.replies.clear();
    await until(() => updates.situation().link.kind === 'live');
    expect(updates.situation().link.refusal).toBeUndefined();
  });

  it('keeps the refusal of a command until it is dismissed', async () => {
    await begin();
    api.replies.set('POST /update/rollback', { status: 409, body: { code: 'busy', details: {} } });
    await updates.rollBack();
    expect(updates.situation().problem).toMatchObject({
      command: 'rollback',
      error: { code: 'busy' },
    });
    updates.dismiss();
    expect(updates.situation().problem).toBeUndefined();
  });

  it('forgets a refusal when what it was about has ended, which says more', async () => {
    api.status = anAgentStatus({ transaction: aTransaction() });
    await begin();
    const body = { code: 'not-cancellable', details: {} };
    api.replies.set('POST /update/cancel', { status: 409, body });
    await updates.cancel(ID);
    api.send('status', anAgentStatus({ revision: 2, transaction: aTransaction() }));
    await until(() => updates.situation().status?.revision === 2);
    expect(updates.situation().problem?.error.code).toBe('not-cancellable');
    api.send('status', anAgentStatus({ revision: 3, last_result: aResult() }));
    await until(() => updates.situation().status?.revision === 3);
    expect(updates.situation().problem).toBeUndefined();
  });

  it('sends one command at a time', async () => {
    await begin();
    api.replies.set('POST /update/check', { body: api.status });
    await Promise.all([updates.check(), updates.check(), updates.rollBack()]);
    expect(writes().map(({ route }) => route)).toEqual(['POST /update/check']);
  });

  it('audits, and asks for a repair', async () => {
    await begin();
    api.replies.set('POST /update/verify', () => {
      api.status = anAgentStatus({ revision: 2, drift: aDrift() });
      return { body: api.status };
    });
    api.replies.set('POST /update/repair', { status: 202, body: { transaction: ID } });
    await updates.verify();
    expect(updates.situation()).toMatchObject({
      status: { drift: { damaged: 1 } },
      pending: undefined,
    });
    await updates.repair();
    expect(writes().map(({ route }) => route)).toEqual([
      'POST /update/verify',
      'POST /update/repair',
    ]);
  });

  it('lets a person leave while an audit runs', async () => {
    await begin();
    const ends: (() => void)[] = [];
    api.replies.set('POST /update/verify', async () => {
      await new Promise<void>((resolve) => ends.push(resolve));
      return { body: api.status };
    });
    api.replies.set('DELETE /session', () => {
      api.isSignedIn = false;
      return { body: { signedIn: false } };
    });
    const auditing = updates.verify();
    await until(() => ends.length === 1);
    await updates.signOut();
    await until(() => updates.situation().link.kind === 'signed-out');
    for (const end of ends) end();
    await auditing;
    expect(updates.situation()).toMatchObject({
      link: { kind: 'signed-out' },
      pending: undefined,
      problem: undefined,
    });
  });

  it('lets a person sign in again whose session ended while an audit runs', async () => {
    await begin();
    const ends: (() => void)[] = [];
    api.replies.set('POST /update/verify', async () => {
      await new Promise<void>((resolve) => ends.push(resolve));
      return { body: api.status };
    });
    const auditing = updates.verify();
    await until(() => ends.length === 1);
    api.isSignedIn = false;
    await updates.refresh();
    expect(updates.situation()).toMatchObject({
      link: { kind: 'signed-out' },
      pending: undefined,
    });
    api.replies.set('POST /session', () => {
      api.isSignedIn = true;
      return { body: { signedIn: true } };
    });
    await updates.signIn('right');
    await until(() => updates.situation().link.kind === 'live');
    for (const end of ends) end();
    await auditing;
  });

  it('does not call anybody signed out who has signed in elsewhere since', async () => {
    await begin();
    api.isSignedIn = false;
    await updates.check();
    expect(updates.situation().link.kind).toBe('signed-out');
    api.isSignedIn = true;
    await updates.refresh();
    await until(() => updates.situation().link.kind === 'live');
    expect(updates.situation().problem).toBeUndefined();
  });

  it('forgets that the device did not answer once it does', async () => {
    await begin();
    await api.stop();
    await updates.check();
    expect(updates.situation().problem?.error.code).toBe('no-connection');
    await api.start();
    await until(() => updates.situation().link.kind === 'live');
    expect(updates.situation().problem).toBeUndefined();
  });

  it('signs in, and says when the password is wrong', async () => {
    api.isSignedIn = false;
    updates.start();
    await until(() => updates.situation().link.kind === 'signed-out');
    await updates.signIn('wrong');
    expect(updates.situation().problem?.error.code).toBe('unauthenticated');
    api.replies.set('POST /session', () => {
      api.isSignedIn = true;
      return { body: { signedIn: true } };
    });
    await updates.signIn('right');
    await until(() => updates.situation().link.kind === 'live');
    expect(updates.situation().problem).toBeUndefined();
  });

  it('signs out', async () => {
    await begin();
    api.replies.set('DELETE /session', () => {
      api.isSignedIn = false;
      return { body: { signedIn: false } };
    });
    await updates.signOut();
    await until(() => updates.situation().link.kind === 'signed-out');
  });

  it('follows the log of the update that runs, from its first line', async () => {
    api.status = anAgentStatus({ transaction: aTransaction() });
    api.replies.set(LOG, { body: { transaction: ID, lines: [line('first')] } });
    await begin();
    await updates.openLog();
    api.send('log', { transaction: ID, line: line('second') });
    const texts = () => updates.situation().log?.lines?.map(({ message }) => message);
    await until(() => texts()?.length === 2);
    expect(texts()).toEqual(['first', 'second']);
    updates.closeLog();
    expect(updates.situation().log).toBeUndefined();
  });

  it('opens the log of the next update while the viewer stays open', async () => {
    api.replies.set(LOG, { body: { transaction: ID, lines: [] } });
    await begin();
    await updates.openLog();
    expect(updates.situation().log).toEqual({ transaction: undefined, lines: [] });
    api.send('status', anAgentStatus({ revision: 2, last_result: aResult() }));
    await until(() => updates.situation().log?.transaction === ID);
  });

  it('reads the notes, and has none where the api makes none', async () => {
    await begin();
    expect(await updates.readNotes()).toEqual([]);
    const releases = [{ version: '1.4.0', html: '<p>Better.</p>' }];
    api.replies.set('GET /update/notes', { body: { releases } });
    expect(await updates.readNotes()).toEqual(releases);
  });
});
