/**
 * The guard itself (deploy/guard), run by the shell against a directory in the place of a device: what it does in each state, and
 * with what it cannot believe.
 */
import { readdir, readFile, rm, symlink } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  ARMED,
  BACK,
  FIRED,
  FIRING,
  guardedDevice,
  ID,
  NEW,
  NOTE,
  OLD,
  put,
  RELEASES,
} from './guard-scene.ts';

const { beside, device, state, lay, letTimePass, look, calls, current, notes } = guardedDevice();

describe('the guard', () => {
  it('stops its timer when it is not armed, and does nothing else', async () => {
    await rm(state(ARMED));
    expect(look()).toEqual({ status: 0, signal: null, stderr: '' });
    expect(await calls()).toEqual(['stop pikit-guard.timer']);
    expect(await current()).toBe(`${RELEASES}/${NEW}`);
  });

  it('waits until the time is over, counted from when it first looked', async () => {
    expect(look()).toEqual({ status: 0, signal: null, stderr: '' });
    const [of, begun] = (await readFile(device('run/pikit-guard/since'), 'utf8')).split(/\s/);
    const [up = ''] = (await readFile('/proc/uptime', 'utf8')).split('.');
    expect(of).toBe(ID);
    expect(Number(up) - Number(begun)).toBeLessThan(60);
    expect(look()).toEqual({ status: 0, signal: null, stderr: '' });
    expect([await calls(), await notes(), await current()]).toEqual([
      [],
      [ARMED],
      `${RELEASES}/${NEW}`,
    ]);
  });

  it('counts anew for another update, after a boot, and where its own note is damaged', async () => {
    const up = Number((await readFile('/proc/uptime', 'utf8')).split('.')[0]);
    for (const note of [
      '20260101T000000Z-000000 0\n',
      '',
      `${ID} 0x0\n`,
      `${ID} 007\n`,
      `${ID} ${String(up + 9999)}\n`,
    ]) {
      await put(device('run/pikit-guard/since'), note);
      expect(look()).toEqual({ status: 0, signal: null, stderr: '' });
      expect(await notes()).toEqual([ARMED]);
      const [, begun] = (await readFile(device('run/pikit-guard/since'), 'utf8')).split(/\s/);
      expect(Number(begun)).toBeGreaterThanOrEqual(up);
    }
  });

  it('goes back when the time is over, and starts the agent anew', async () => {
    await letTimePass();
    const { status, stderr } = look();
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: [
        `<4>${ID} has not ended within 300 s: going back to ${OLD}`,
        `<4>${ID} was taken back to ${OLD}, and its agent started again`,
        '',
      ].join('\n'),
    });
    expect(await current()).toBe(`${RELEASES}/${OLD}`);
    expect(await readFile(state(FIRED), 'utf8')).toBe(NOTE);
    expect([await notes(), await calls()]).toEqual([[FIRED], BACK]);
    expect(await readdir(device('var/lib/pikit'))).toEqual(['current', 'releases']);
  });

  it('takes the link away where nothing ran before', async () => {
    await put(state(ARMED), NOTE.replace(OLD, 'none'));
    await letTimePass();
    expect(look().status).toBe(0);
    expect([await current(), await notes(), await calls()]).toEqual(['none', [FIRED], BACK]);
  });

  it('leaves the agent alone that is rolling back, and starts it should it have ended', async () => {
    await letTimePass();
    look();
    await rm(beside('systemd/calls.log'));
    expect(look()).toEqual({ status: 0, signal: null, stderr: '' });
    expect(await calls()).toEqual([BACK[1], '--no-block start pikit-agent.service']);
    // As a dead agent that came up once more may leave it.
    await rm(device('var/lib/pikit/current'));
    await symlink(`${RELEASES}/${NEW}`, device('var/lib/pikit/current'));
    expect(look().status).toBe(0);
    expect([await current(), await notes()]).toEqual([`${RELEASES}/${OLD}`, [FIRED]]);
  });

  it('steps down when the update has ended, or another one is under way', async () => {
    for (const name of [ARMED, FIRING, FIRED]) {
      for (const journal of [undefined, '{"id": "20260103T042000Z-000000"}']) {
        await lay();
        await rm(state(ARMED));
        await put(state(name), NOTE);
        await rm(state('journal.json'));
        if (journal !== undefined) await put(state('journal.json'), journal);
        await letTimePass();
        expect(look()).toEqual({ status: 0, signal: null, stderr: '' });
        expect([await notes(), await calls()]).toEqual([[], ['stop pikit-guard.timer']]);
        expect(await current()).toBe(`${RELEASES}/${NEW}`);
      }
    }
  });

  it('goes back although the agent cannot be stopped, and tries again when it does not start', async () => {
    await letTimePass();
    await put(beside('systemd/fail/pikit-agent.service'), '');
    expect(look().status).not.toBe(0);
    expect([await current(), await notes()]).toEqual([`${RELEASES}/${OLD}`, [FIRING]]);
    await rm(beside('systemd/fail'), { recursive: true });
    expect(look().status).toBe(0);
    expect(await notes()).toEqual([FIRED]);
  });

  it.each([
    ['nothing', ''],
    ['half of it', `transaction=${ID}\n`],
    ['no tree', NOTE.replace(OLD, '')],
    ['a path', NOTE.replace(OLD, '../../../etc')],
    ['an absolute path', NOTE.replace(OLD, '/etc')],
    ['a tree that is not there', NOTE.replace(OLD, '0.9.0-cccccccc')],
    ['a link in the place of a tree', NOTE.replace(OLD, 'link-dddddddd')],
    ['words for a shell', NOTE.replace(OLD, '$(touch /tmp/x)')],
    ['no number', NOTE.replace('300', '3e2')],
    ['a limit without end', NOTE.replace('300', '9'.repeat(30))],
    ['a transaction of patterns', NOTE.replace(ID, '.*')],
    ['an option', NOTE.replace(ID, '')],
    ['another file’s bytes', 'PK\u0003\u0004\0\0'.repeat(100_000)],
  ])(
    'believes no file with %s, keeps it for the operator, and changes nothing',
    async (_what, text) => {
      await symlink('/etc', device(`${RELEASES}/link-dddddddd`));
      await put(state(ARMED), text);
      await letTimePass();
      const { status, stderr } = look();
      expect(status).toBe(0);
      expect(stderr).toContain('cannot be believed');
      expect([await current(), await notes()]).toEqual([`${RELEASES}/${NEW}`, ['guard.damaged']]);
      expect(await calls()).toEqual(['stop pikit-guard.timer']);
    },
  );

  it('follows no link in the place of its file', async () => {
    await put(device('etc/note'), NOTE);
    await rm(state(ARMED));
    await symlink('../../../etc/note', state(ARMED));
    await letTimePass();
    look();
    expect([await current(), await notes()]).toEqual([`${RELEASES}/${NEW}`, ['guard.damaged']]);
  });

  it('understands a file with more in it', async () => {
    await put(state(ARMED), `format=2\n${NOTE}since=yesterday\n`);
    await letTimePass();
    expect(look().status).toBe(0);
    expect(await notes()).toEqual([FIRED]);
  });
});
