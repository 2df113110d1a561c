/** What an operator types: the agent in the foreground, pikit-rpc, and the modes of the sockets that decide who may. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/repository-root.ts';
import { waitFor } from '../support/wait-for.ts';
import { aPage, openScene, runProgram, type Scene } from './scene.ts';

const AGENT = 'agent/dist/pikit-agent.mjs';
const RPC = 'agent/dist/pikit-rpc.mjs';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

const agent = (...args: string[]) =>
  runProgram(AGENT, ['--root', scene.root, ...args], scene.stack.device.systemd);
const rpc = (...args: string[]) => runProgram(RPC, ['--root', scene.root, ...args]);
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
const json = (text: string): unknown => JSON.parse(text.trim().split('\n').at(-1) ?? '');

describe('the sockets', () => {
  it('are for root alone, and for root and the api’s group', async () => {
    expect(await modeOf(scene.stack.device.agentSocket)).toBe('600');
    expect(await modeOf(scene.stack.device.apiSocket)).toBe('660');
  });

  it('offer admin methods on the first alone', async () => {
    expect((await rpc('--json', 'agent.inspect')).code).toBe(0);
    const refused = await rpc('--json', '--socket', scene.stack.device.apiSocket, 'agent.inspect');
    expect(refused.code).toBe(77);
    expect(json(refused.stdout)).toMatchObject({ error: { code: 'forbidden' } });
  });
});

describe('pikit-agent --check-config', () => {
  it('is content with a good one and names an unknown key in a bad one', async () => {
    expect(await agent('--check-config')).toMatchObject({ code: 0 });
    await appendFile(scene.stack.device.updaterToml, '\nstal_timeout_ms = 5\n');
    const { code, stderr } = await agent('--check-config');
    expect(code).toBe(78);
    expect(stderr).toContain('stal_timeout_ms: unknown key');
  });

  it('looks for the authorities that it names', async () => {
    await appendFile(scene.stack.device.updaterToml, '\n[network]\nca_file = "/etc/ca.pem"\n');
    const { code, stderr } = await agent('--check-config');
    expect(code).toBe(78);
    expect(stderr).toContain('network.ca_file: /etc/ca.pem is not there');
  });
});

describe('pikit-agent --run', () => {
  it('checks, installs and rolls back without a daemon, and exits 0 only when it is done', async () => {
    await scene.publish(aPage('1.1.0'));
    await scene.stack.stopAgent();
    const check = await agent('--run', 'update.check');
    expect(check).toMatchObject({ code: 0 });
    const status = json(check.stdout) as { offered: { version: string; manifestSha256: string } };
    const { version, manifestSha256 } = status.offered;
    const applied = await agent(
      '--run',
      'update.apply',
      JSON.stringify({ version, manifestSha256 }),
    );
    expect(applied.code).toBe(0);
    expect(json(applied.stdout)).toMatchObject({ outcome: 'committed', by: 'foreground' });
    expect(await scene.see('/var/www/pikit-web/index.html')).toBe('page 1.1.0');
    expect((await agent('--run', 'update.rollback')).code).toBe(0);
    expect(await scene.see('/var/www/pikit-web/index.html')).toBe('old page');
  });

  it('ends what it has begun also when nobody reads what it says, as behind head', async () => {
    const { manifestSha256 } = await scene.publish(aPage('1.1.0'));
    await scene.stack.stopAgent();
    const wanted = JSON.stringify({ version: '1.1.0', manifestSha256 });
    const words = ['--root', scene.root, '--run', 'update.apply', wanted];
    const checkout = repositoryRoot();
    const PATH = `${join(checkout, 'test/support/bin')}:${process.env['PATH'] ?? ''}`;
    const env = { ...process.env, PATH, PIKIT_FAKE_SYSTEMD: scene.stack.device.systemd };
    const child = spawn(process.execPath, [join(checkout, 'packages', AGENT), ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
    });
    child.stdout.destroy();
    child.stderr.destroy();
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await scene.see('/var/www/pikit-web/index.html')).toBe('page 1.1.0');
  });

  it.each([
    [['--run', 'update.install'], 2, 'invalid-request'],
    [['--run', 'update.rollback'], 1, 'nothing-to-roll-back'],
    [['--run', 'update.apply', '{"version":'], 2, 'invalid-request'],
  ])('%j exits %i with %s', async (args, code, error) => {
    const ended = await agent(...args);
    expect(ended.code).toBe(code);
    expect(json(ended.stdout)).toMatchObject({ error: { code: error } });
  });

  it('is busy while the daemon works, and says with what since when', async () => {
    const { manifestSha256 } = await scene.publish(aPage('1.1.0'));
    // Far longer than the commands take.
    scene.server.fault({ path: /tar\.gz$/, stall: 0 });
    const wanted = { version: '1.1.0', manifestSha256 };
    await scene.client.post('/api/update/apply', wanted);
    const ended = await agent('--run', 'update.apply', JSON.stringify(wanted));
    expect(ended.code).toBe(75);
    expect(json(ended.stdout)).toMatchObject({
      error: { code: 'busy', details: { what: 'installing 1.1.0', since: expect.any(String) } },
    });
    const again = await scene.client.post('/api/update/apply', wanted);
    expect(again).toMatchObject({ status: 409, body: { code: 'busy' } });
  });
});

describe('pikit-rpc', () => {
  it('says the status in words, and as one document for scripts', async () => {
    expect((await rpc('update.status')).stdout).toContain('installed   1.0.0');
    expect(json((await rpc('--json', 'update.status')).stdout)).toMatchObject({ current: '1.0.0' });
  });

  it('does what the daily timer does', async () => {
    await scene.publish(aPage('1.1.0'));
    expect((await rpc('update.check')).code).toBe(0);
    expect((await rpc('update.status')).stdout).toContain('available   1.1.0');
  });

  it('watches an update from the first phase to the last', async () => {
    const program = join(repositoryRoot(), 'packages', RPC);
    const child = spawn(process.execPath, [program, '--root', scene.root, 'watch'], {
      stdio: 'pipe',
    });
    const lines: string[] = [];
    createInterface(child.stdout).on('line', (line) => lines.push(line));
    await waitFor('the first words', () => lines.length > 0);
    const { manifestSha256 } = await scene.publish(aPage('1.1.0'));
    await scene.client.carryOut('/api/update/apply', { version: '1.1.0', manifestSha256 });
    await waitFor('the outcome', () =>
      lines.some((line) => line.includes('1.0.0 -> 1.1.0 committed')),
    );
    expect(lines).toContain('activating');
    child.kill();
  });

  it('says plainly when the agent is away', async () => {
    await scene.stack.stopAgent();
    const { code, stderr } = await rpc('update.status');
    expect(code).toBe(69);
    expect(stderr).toContain('agent-unreachable');
  });
});
