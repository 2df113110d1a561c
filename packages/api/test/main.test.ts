/** The real process, from its command line to its end. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../../test/support/repository-root.ts';
import { makeTempDir, type TempDir } from '../../../test/support/temp-dir.ts';
import { waitFor } from '../../../test/support/wait-for.ts';
import { bundle } from './support/bundle.ts';
import { readEvents } from './support/event-reader.ts';
import { startFakeAgent, type FakeAgent } from './support/fake-agent.ts';
import { settledStatus } from './support/statuses.ts';

const PASSWORD = 'correct horse battery';

let directory: TempDir;
let program: string;
let configFile: string;
let agent: FakeAgent;
let child: ChildProcess | undefined;
/** What the running one has printed. */
let output = '';

beforeAll(async () => {
  directory = await makeTempDir();
  const at = (name: string) => JSON.stringify(join(directory.path, name));
  const source = join(repositoryRoot(), 'packages/api/src/main.ts');
  program = await bundle(source, join(directory.path, 'pikit-api.mjs'));
  configFile = join(directory.path, 'api.toml');
  await mkdir(join(directory.path, 'ui'));
  await writeFile(join(directory.path, 'ui/index.html'), '<h1>Updates</h1>');
  const lines = [
    `agent_socket = ${at('agent.sock')}`,
    `state_file = ${at('state.json')}`,
    `password_file = ${at('password')}`,
    `session_file = ${at('sessions.json')}`,
    `token_file = ${at('tokens.json')}`,
    `ui_directory = ${at('ui')}`,
    '[listen]',
    'port = 0',
    '[import]',
    `file = ${at('import.tar')}`,
  ];
  await writeFile(configFile, lines.join('\n'));
  agent = await startFakeAgent(join(directory.path, 'agent.sock'), {
    'update.status': () => settledStatus(),
  });
});
afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) await stop('SIGKILL');
  child = undefined;
  await rm(join(directory.path, 'password'), { force: true, recursive: true });
});
afterAll(async () => {
  await agent.stop();
  await directory.remove();
});

const run = (args: readonly string[], input = '') =>
  spawnSync(process.execPath, [program, ...args], { input, encoding: 'utf8' });

/** Returns the address that it prints. */
const start = async (config = configFile): Promise<string> => {
  const started = spawn(process.execPath, [program, '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = started;
  output = '';
  started.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return waitFor('the address', () => /<6>listening on (http:\S+)\n/.exec(output)?.[1]);
};

const stop = async (signal: NodeJS.Signals): Promise<number | null> => {
  const stopping = child;
  if (stopping === undefined) throw new Error('nothing runs');
  const ended = new Promise<number | null>((resolve) => stopping.once('exit', resolve));
  stopping.kill(signal);
  return ended;
};

const signIn = (url: string) =>
  fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { origin: url, 'content-type': 'application/json' },
    body: JSON.stringify({ password: PASSWORD }),
  });

const withProxy = async (address: string): Promise<number> => {
  const config = join(directory.path, 'proxy.toml');
  const section = `\n[proxy_sign_in]\naddresses = ["${address}"]\nusers = ["anna"]\n`;
  await writeFile(config, (await readFile(configFile, 'utf8')) + section);
  const url = await start(config);
  const { status } = await fetch(`${url}/api/update/status`, {
    headers: { 'remote-user': 'anna' },
  });
  expect(await stop('SIGTERM')).toBe(0);
  return status;
};

describe('pikit-api', () => {
  it('explains itself, and exits 2 when it is misunderstood', () => {
    expect(run(['--help'])).toMatchObject({ status: 0, stderr: '' });
    const misused = run(['--port', '80']);
    expect(misused.status).toBe(2);
    expect(misused.stderr).toContain('Usage:');
  });

  it('checks its configuration and exits 78 naming the key', async () => {
    expect(run(['--config', configFile, '--check-config']).status).toBe(0);
    const wrong = join(directory.path, 'wrong.toml');
    await writeFile(wrong, '[listen]\nprot = 1\n');
    for (const more of [['--check-config'], []]) {
      const checked = run(['--config', wrong, ...more]);
      expect(checked.status).toBe(78);
      expect(checked.stderr).toContain(`${wrong}: listen.prot: unknown key (line 2)`);
      expect(checked.stderr).not.toContain(' at ');
    }
  });

  it('prints a set-up code while no password is set, which sets it once', async () => {
    const url = await start();
    const code = await waitFor('the code', () => /set-up code (\S{17}), /.exec(output)?.[1]);
    const setUp = (password: string) =>
      fetch(`${url}/api/session/setup`, {
        method: 'POST',
        headers: { origin: url, 'content-type': 'application/json' },
        body: JSON.stringify({ code, password }),
      });
    expect((await setUp(PASSWORD)).status).toBe(200);
    expect((await setUp('another password')).status).toBe(403);
    expect((await signIn(url)).status).toBe(200);
    expect(await stop('SIGTERM')).toBe(0);
    await start();
    expect(await stop('SIGTERM')).toBe(0);
    expect(output).not.toContain('set-up code');
  });

  it('removes a release file that an earlier process has left', async () => {
    for (const name of ['import.tar', 'import.tar.part']) {
      await writeFile(join(directory.path, name), 'half');
    }
    await start();
    expect(await readdir(directory.path)).not.toContainEqual(expect.stringContaining('import'));
    expect(await stop('SIGTERM')).toBe(0);
  });

  it('serves, and ends in good order, although its own files cannot be read or removed', async () => {
    // What nobody can read or remove in that way, root neither.
    await mkdir(join(directory.path, 'password'));
    await mkdir(join(directory.path, 'import.tar/in-the-way'), { recursive: true });
    const url = await start();
    await waitFor('both complaints', () =>
      /<3>config-invalid: \S+password cannot be read; /.test(output) &&
      /import\.tar cannot be removed/.test(output)
        ? output
        : undefined,
    );
    expect((await fetch(`${url}/api/health`)).status).toBe(200);
    expect(await stop('SIGTERM')).toBe(0);
    await rm(join(directory.path, 'import.tar'), { recursive: true });
  });

  it('keeps a token across a restart, and when it was used', async () => {
    expect(run(['--config', configFile, '--set-password'], `${PASSWORD}\n`).status).toBe(0);
    const url = await start();
    const cookie = (await signIn(url)).headers.get('set-cookie')?.split(';')[0] ?? '';
    const made = await fetch(`${url}/api/session/tokens`, {
      method: 'POST',
      headers: { cookie, origin: url, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'a script', scopes: ['read'] }),
    });
    const { token } = (await made.json()) as { readonly token: string };
    const headers = { authorization: `Bearer ${token}` };
    const events = readEvents(await fetch(`${url}/api/update/events`, { headers }));
    await events.nextNamed('status');
    expect(await stop('SIGTERM')).toBe(0);
    await events.rest();

    const again = await start();
    expect((await fetch(`${again}/api/update/status`, { headers })).status).toBe(200);
    const list = await fetch(`${again}/api/session/tokens`, { headers: { cookie } });
    const { tokens } = (await list.json()) as { readonly tokens: readonly { usedAt: unknown }[] };
    expect(typeof tokens[0]?.usedAt).toBe('number');
    expect(await stop('SIGTERM')).toBe(0);
  });

  it('stores a password that then signs in, also after a restart', async () => {
    expect(run(['--config', configFile, '--set-password'], 'short\n').status).toBe(2);
    const url = await start();
    expect((await signIn(url)).status).toBe(403);
    const set = run(['--config', configFile, '--set-password'], `${PASSWORD}\n`);
    expect(set).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect((await stat(join(directory.path, 'password'))).mode & 0o007).toBe(0);
    const cookie = (await signIn(url)).headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(await stop('SIGINT')).toBe(0);

    const again = await start();
    const status = await fetch(`${again}/api/update/status`, { headers: { cookie } });
    expect(await status.json()).toMatchObject({ current: '1.3.0', agent: 'reachable' });
    expect(await (await fetch(again)).text()).toBe('<h1>Updates</h1>');

    const events = readEvents(await fetch(`${again}/api/update/events`, { headers: { cookie } }));
    await events.nextNamed('status');
    expect(await stop('SIGTERM')).toBe(0);
    await events.rest();
  });

  it('believes the header of a proxy whose address is configured, and of no other', async () => {
    expect(await withProxy('127.0.0.1')).toBe(200);
    expect(await withProxy('192.0.2.7')).toBe(401);
  });

  it('exits 1 when its port is taken', async () => {
    const url = await start();
    const taken = join(directory.path, 'taken.toml');
    await writeFile(taken, `[listen]\nport = ${new URL(url).port}\n`);
    const second = run(['--config', taken]);
    expect(second.status).toBe(1);
    expect(second.stderr).toContain('EADDRINUSE');
  });
});
