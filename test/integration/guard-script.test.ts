/**
 * The guard itself (deploy/guard), run by the shell against a directory in the place of a device: what it does in each state, with
 * what it cannot believe, and that it arrives wherever it was cut off. systemd is the stand-in of test/support/bin.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  chmod,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/repository-root.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

const SCRIPT = join(repositoryRoot(), 'deploy/guard');
const STAND_INS = join(repositoryRoot(), 'test/support/bin');
const ID = '20260102T042000Z-5167ed';
const [OLD, NEW] = ['1.0.0-aaaaaaaa', '1.1.0-bbbbbbbb'];
const RELEASES = '/var/lib/pikit/releases';
const [ARMED, FIRING, FIRED] = ['guard', 'guard.firing', 'guard.fired'];
const UNITS = ['pikit-agent.service', 'pikit-guard.timer'];
const NOTE = `transaction=${ID}\ntree=${OLD}\nlimit=300\n`;

let temp: TempDir;
const device = (path: string): string => join(temp.path, 'device', path);
const state = (name: string): string => device(`var/lib/pikit-update/${name}`);
const put = async (file: string, content: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
};

beforeEach(async () => {
  temp = await makeTempDir();
  await lay();
});
afterEach(() => temp.remove());

/** In the middle of an update to the new release, with the guard armed a moment ago. */
async function lay(): Promise<void> {
  await rm(device(''), { recursive: true, force: true });
  for (const tree of [OLD, NEW]) await mkdir(device(`${RELEASES}/${tree}`), { recursive: true });
  await symlink(`${RELEASES}/${NEW}`, device('var/lib/pikit/current'));
  await put(state('journal.json'), `{\n  "format": 1,\n  "id": "${ID}"\n}\n`);
  await put(state(ARMED), NOTE);
  await mkdir(device('run/pikit-guard'), { recursive: true });
  for (const unit of UNITS) await put(join(temp.path, 'systemd/units', unit), 'active\n');
  await rm(join(temp.path, 'systemd/calls.log'), { force: true });
}

/** As if it had been armed when this computer was started. */
const letTimePass = () => put(device('run/pikit-guard/since'), `${ID} 0\n`);

/** `first`: programs that are found before the real ones. */
function look(env: Readonly<Record<string, string>> = {}, first = '') {
  const { status, signal, stderr } = spawnSync('sh', [SCRIPT, device('')], {
    env: {
      PATH: [first, STAND_INS, '/usr/bin', '/bin'].filter((place) => place !== '').join(':'),
      PIKIT_FAKE_SYSTEMD: join(temp.path, 'systemd'),
      ...env,
    },
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { status, signal, stderr };
}

const calls = async (): Promise<readonly string[]> => {
  const file = join(temp.path, 'systemd/calls.log');
  return existsSync(file) ? (await readFile(file, 'utf8')).trim().split('\n') : [];
};
const current = async () => readlink(device('var/lib/pikit/current')).catch(() => 'none');
const notes = async () => {
  const names = await readdir(device('var/lib/pikit-update'));
  return names.filter((name) => name.startsWith('guard')).toSorted();
};
const BACK = [
  'stop pikit-agent.service',
  'reset-failed pikit-agent.service pikit-agent.socket pikit-agent-api.socket',
  'restart pikit-agent.service',
];

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
    await rm(join(temp.path, 'systemd/calls.log'));
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
    await put(join(temp.path, 'systemd/fail/pikit-agent.service'), '');
    expect(look().status).not.toBe(0);
    expect([await current(), await notes()]).toEqual([`${RELEASES}/${OLD}`, [FIRING]]);
    await rm(join(temp.path, 'systemd/fail'), { recursive: true });
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

/** Each ends the shell that has called it when its number comes up: after its own work. */
const CUTTING = `#!/bin/sh
count=$(($(cat "$CUT/count") + 1))
echo "$count" >"$CUT/count"
PATH=\${PATH#*:}
"\${0##*/}" "$@"
code=$?
if [ "$count" = "$CUT_AT" ]; then kill -KILL $PPID; fi
exit $code
`;

describe('a guard that is cut off', () => {
  it.each([
    ['to a release', OLD],
    ['to nothing', 'none'],
  ])('arrives when it is run again, on the way back %s', async (_where, tree) => {
    const cutting = join(temp.path, 'cutting');
    for (const program of ['mv', 'ln', 'rm', 'sync', 'systemctl']) {
      await put(join(cutting, program), CUTTING);
      await chmod(join(cutting, program), 0o755);
    }
    for (let at = 1; ; at += 1) {
      await lay();
      await put(state(ARMED), NOTE.replace(OLD, tree));
      await letTimePass();
      await put(join(cutting, 'count'), '0\n');
      const { signal } = look({ CUT: cutting, CUT_AT: String(at) }, cutting);
      const way = tree === 'none' ? 'none' : `${RELEASES}/${tree}`;
      // At no moment it leads anywhere else.
      expect([`${RELEASES}/${NEW}`, way]).toContain(await current());
      if (signal === null) {
        expect(at).toBeGreaterThan(8);
        break;
      }
      look();
      const went = { notes: await notes(), current: await current() };
      expect({ at, ...went }).toEqual({ at, notes: [FIRED], current: way });
      expect((await calls()).at(-1)).toMatch(/start pikit-agent\.service$/);
      expect(await readdir(device('var/lib/pikit'))).not.toContain('.current.pikit-guard');
    }
  });
});
