/** pikit-rpc as an operator and a timer start it: a real process, built as it ships, its exit codes and its two outputs. */
import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../../../test/support/repository-root.ts';
import { makeTempDir, withTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { waitFor } from '../../../../test/support/wait-for.ts';
import { aSha256, aStatus, aTransactionId } from '../../../protocol/test/sample-documents.ts';
import { refusal, startStubAgent, withStubAgent, type Answers } from '../support/stub-agent.ts';

let dir: TempDir;
let program = '';

beforeAll(async () => {
  dir = await makeTempDir();
  // For the test that runs it as somebody else.
  await chmod(dir.path, 0o755);
  program = join(dir.path, 'pikit-rpc.mjs');
  await build({
    absWorkingDir: repositoryRoot(),
    entryPoints: ['packages/agent/src/cli/main.ts'],
    outfile: program,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'silent',
  });
});
afterAll(() => dir.remove());

function start(args: readonly string[], uid?: number) {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid }),
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = once(child, 'close').then(([code]: unknown[]) => ({ code, ...output }));
  return { child, output, ended };
}

const run = (...args: readonly string[]) => start(args).ended;

/** Against an agent that answers so. */
const ask = (answers: Answers, ...args: readonly string[]) =>
  withStubAgent(answers, (_agent, socket) => run('--socket', socket, ...args));

describe('pikit-rpc, usage', () => {
  it.each(['--help', '--version'])('answers %s and exits 0', async (flag) => {
    const { code, stdout, stderr } = await run(flag);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(flag === '--help' ? /usage: pikit-rpc/ : /^\d+\.\d+\.\d+\n$/);
  });

  it('repeats nothing that a terminal would obey', async () => {
    const { code, stderr } = await run('update.check', '{\u001B[31m');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: String.raw`pikit-rpc: PARAMS is not JSON: {\u001b[31m` + '\n',
    });
  });

  it('lists each method that an operator may want, and each exit code', async () => {
    const { stdout } = await run('--help');
    for (const word of ['update.check', 'update.rollback', 'agent.inspect', '69', '75', '77'])
      expect(stdout).toContain(word);
  });

  it.each([
    ['nothing', [], 'watch'],
    ['an unknown option', ['--force', 'update.status'], '--force'],
    ['an option without its value', ['--socket'], '--socket'],
    ['an unknown method', ['update.install'], 'update.install'],
    ['a method of every object', ['constructor'], 'constructor'],
    ['too many words', ['update.status', '{}', '{}'], '--help'],
    ['parameters for watch', ['watch', '{}'], '--help'],
    ['parameters that are not JSON', ['update.apply', 'version=1'], 'version=1'],
    ['parameters that are a list', ['update.status', '[1]'], 'PARAMS'],
    ['a parameter that there is not', ['update.status', '{"path":"/etc"}'], 'path'],
    [
      'a bad parameter',
      ['update.apply', `{"version":"1","manifestSha256":"${aSha256()}"}`],
      'version',
    ],
    ['a missing parameter', ['update.auto'], 'autoCheck'],
    ['no release to install, and says where it stands', ['update.apply'], 'update.status shows'],
  ])('refuses %s with exit 2, without asking the agent', async (_what, args, named) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('pikit-rpc: ');
    expect(stderr).toContain(named);
  });
});

describe('pikit-rpc, answers', () => {
  it('says the status in words', async () => {
    const { code, stdout } = await ask(
      { 'update.status': () => ({ result: aStatus() }) },
      'update.status',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('installed   1.3.0\n');
    expect(stdout).toContain('unsigned: hashes are checked, but nobody vouches for them');
  });

  it('prints one document on one line for scripts, words or an indented one for people', async () => {
    const settings = { autoCheck: true, checkAt: '03:00', channel: null, keep: null };
    const answers: Answers = {
      'update.check': () => ({ result: aStatus() }),
      'update.auto': () => ({ result: settings }),
    };
    const script = await ask(answers, '--json', 'update.check');
    expect(script).toMatchObject({ code: 0, stdout: `${JSON.stringify(aStatus())}\n` });
    const words = await ask(answers, 'update.check');
    expect(words).toMatchObject({ code: 0, stdout: 'check failed: offline\n' });
    const person = await ask(answers, 'update.auto', '{"autoCheck":true}');
    expect(person.stdout).toBe(`${JSON.stringify(settings, undefined, 2)}\n`);
  });

  it('asks for the latest log and a few lines of the history where nothing was said', async () => {
    const log = { transaction: null, lines: [] };
    await withStubAgent({ 'update.log': () => ({ result: log }) }, async (agent, socket) => {
      const { code, stdout } = await run('--socket', socket, 'update.log');
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'nothing was installed yet\n' });
      expect(agent.calls.at(-1)).toMatchObject({ params: { transaction: null } });
    });
  });

  it('passes parameters on, and finds the socket below a root', () =>
    withTempDir(async (root) => {
      await mkdir(join(root, 'run/pikit'), { recursive: true });
      const id = aTransactionId();
      const answers: Answers = { 'update.apply': () => ({ result: { transaction: id } }) };
      const agent = await startStubAgent(join(root, 'run/pikit/agent.sock'), answers);
      const params = { version: '1.4.0', manifestSha256: aSha256() };
      const ended = await run('--root', root, '--json', 'update.apply', JSON.stringify(params));
      await agent.stop();
      expect(ended).toMatchObject({ code: 0, stdout: `{"transaction":"${id}"}\n` });
      expect(agent.calls.at(-1)).toMatchObject({ method: 'update.apply', params });
    }));

  it('watches until the agent hangs up', () =>
    withStubAgent({ 'update.status': () => ({ result: aStatus() }) }, async (agent, socket) => {
      const { output, ended } = start(['--socket', socket, '--json', 'watch']);
      await waitFor('the first line', () => output.stdout.includes('\n'));
      agent.hangUp();
      const { code, stdout } = await ended;
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toEqual({ event: 'status', data: aStatus() });
    }));

  it('takes a reader that leaves early for no error', () =>
    withStubAgent({ 'update.status': () => ({ result: aStatus() }) }, async (agent, socket) => {
      const { child, output, ended } = start(['--socket', socket, 'watch']);
      await waitFor('the first words', () => output.stdout !== '');
      child.stdout.destroy();
      let { revision } = aStatus();
      await waitFor('its end', () => {
        revision += 1;
        agent.notify('status.changed', { ...aStatus(), revision });
        return child.exitCode !== null;
      });
      expect(await ended).toMatchObject({ code: 0, stderr: '' });
    }));
});

describe('pikit-rpc, below another root', () => {
  it('gives commands and advice with it', async () => {
    const busy: Answers = {
      'update.check': () => refusal('busy', {}),
      'update.rollback': () => ({ result: { transaction: aTransactionId() } }),
    };
    const refused = await ask(busy, '--root', '/srv/box', 'update.check');
    expect(refused.stderr).toBe(
      'pikit-rpc: busy -> wait for its end: pikit-rpc --root /srv/box watch\n',
    );
    const { stdout } = await ask(busy, '--root', '/srv/box', 'update.rollback');
    expect(stdout).toContain('pikit-rpc --root /srv/box watch follows it');
  });
});

describe('pikit-rpc, failures', () => {
  it.each([
    [
      'busy',
      75,
      { what: 'installing 1.4.0', pid: 812 },
      'busy (what=installing 1.4.0, pid=812) -> wait for its end: pikit-rpc watch',
    ],
    [
      'forbidden',
      77,
      { method: 'agent.inspect' },
      'forbidden (method=agent.inspect) -> only root may: sudo pikit-rpc',
    ],
    [
      'offline',
      1,
      {},
      'offline -> look at the network and the name server of the device, then: pikit-rpc doctor --ask',
    ],
    ['nothing-to-repair', 1, {}, 'nothing-to-repair'],
    ['internal', 1, {}, 'internal -> journalctl -u pikit-agent has the rest'],
  ] as const)('exits with the code for %s: %d', async (error, exit, details, words) => {
    const answers: Answers = { 'update.check': () => refusal(error, details) };
    expect(await ask(answers, 'update.check')).toEqual({
      code: exit,
      stdout: '',
      stderr: `pikit-rpc: ${words}\n`,
    });
    const json = await ask(answers, '--json', 'update.check');
    expect(json.code).toBe(exit);
    expect(JSON.parse(json.stdout)).toEqual({ error: { code: error, details } });
  });

  it.each([
    ['watch', '--json'],
    ['update.status', '--json'],
  ])('exits 69 for %s when no agent answers, and says so to scripts too', async (...args) => {
    const socket = join(dir.path, 'none.sock');
    const { code, stdout, stderr } = await run('--socket', socket, ...args);
    expect(code).toBe(69);
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'agent-unreachable', details: { socket, reason: 'ENOENT' } },
    });
    expect(stderr).toContain('agent-unreachable');
  });

  it('gives scripts a document for a usage error too', async () => {
    const { code, stdout } = await run('--json', 'update.install');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'invalid-request' } });
  });

  it.each([
    ['refuses its protocol', () => refusal('incompatible-protocol', { ours: 2, theirs: 1 }), 1],
    ['hangs up', () => 'hang-up' as const, 69],
  ])('ends when an agent %s', async (_what, hello, exit) => {
    expect(await ask({ 'agent.hello': hello }, 'update.status')).toMatchObject({ code: exit });
  });

  it('exits 69 when the agent dies in the middle of a call', async () => {
    const died = await ask({ 'update.check': () => 'hang-up' }, 'update.check');
    expect(died.code).toBe(69);
  });

  it('exits 77 for a user who may not connect', () =>
    withStubAgent({}, async (_agent, socket) => {
      await chmod(socket, 0o000);
      await chmod(join(socket, '..'), 0o755);
      const nobody = process.getuid?.() === 0 ? 65_534 : undefined;
      const { code, stderr } = await start(['--socket', socket, 'update.status'], nobody).ended;
      expect(code).toBe(77);
      expect(stderr).toContain('EACCES');
    }));
});
