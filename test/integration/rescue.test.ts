/**
 * `pikit-rpc rescue` on devices that nothing else helps: what it says, what it does, what the device shows afterwards. The
 * built programs on a sandboxed device; nothing of it is played but systemd.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/repository-root.ts';
import { waitFor } from '../support/wait-for.ts';
import { aPage, openScene, runProgram, type Ended, type Scene } from './scene.ts';

const RPC = 'agent/dist/pikit-rpc.mjs';
const AGENT = 'agent/dist/pikit-agent.mjs';
const JOURNAL = 'var/lib/pikit-update/journal.json';
const STATE = 'var/lib/pikit-update/state.json';
const PAGE = '/var/www/pikit-web/index.html';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

async function rescue(...args: string[]): Promise<Ended> {
  const all = ['--root', scene.root, 'rescue', ...args];
  return runProgram(RPC, all, scene.stack.device.systemd);
}

const host = (path: string): string => join(scene.root, path);
const page = () => scene.see(PAGE);

async function install(version: string): Promise<void> {
  const { manifestSha256 } = await scene.publish(aPage(version));
  await scene.client.carryOut('/api/update/apply', { version, manifestSha256 });
}

/** An update that stands still in the middle of its download; what is returned lets the next one through. */
async function beginAndStall(version: string): Promise<() => void> {
  const { manifestSha256 } = await scene.publish(aPage(version));
  const lift = scene.server.fault({ path: /tar\.gz$/, stall: 0 });
  await scene.client.post('/api/update/apply', { version, manifestSha256 });
  await waitFor('the download', async () =>
    (await scene.see(JOURNAL))?.includes('"phase": "staging"'),
  );
  return lift;
}

async function agentPid(): Promise<number> {
  const { stdout } = await runProgram(RPC, ['--root', scene.root, '--json', 'agent.inspect']);
  return (JSON.parse(stdout) as { pid: number }).pid;
}

/** On a terminal, as a person sits at it. */
async function rescueOnTerminal(answer: string): Promise<{ code: unknown; said: string }> {
  const program = join(repositoryRoot(), 'packages', RPC);
  const command = `${process.execPath} ${program} --root ${scene.root} rescue`;
  const PATH = `${join(repositoryRoot(), 'test/support/bin')}:${process.env['PATH'] ?? ''}`;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    env: { ...process.env, PATH, PIKIT_FAKE_SYSTEMD: scene.stack.device.systemd },
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  let code: number | undefined;
  child.on('close', (ended) => (code = ended ?? -1));
  try {
    await waitFor('the question', () => said.includes('Go on? [y/N]'));
    child.stdin.write(`${answer}\r`);
    await waitFor('its end', () => code !== undefined);
  } finally {
    child.kill();
  }
  return { code, said };
}

const hasScript = spawnSync('script', ['--version']).error === undefined;
const NOTE = hasScript ? '' : ' (skipped: there is no script(1) here)';

describe('pikit-rpc rescue, where nothing is wrong', () => {
  it('does nothing without a terminal and without --yes', async () => {
    await install('1.1.0');
    const { code, stdout } = await rescue();
    expect(code).toBe(0);
    expect(stdout).toContain('Will go back to 1.0.0');
    expect(stdout).toContain('Nothing was done: there is no terminal to ask on; see --yes.');
    expect(await page()).toBe('page 1.1.0');
  });

  it('goes back when it is told to, and never forth again to what was left', async () => {
    await install('1.1.0');
    await scene.stack.stopAgent();
    const first = await rescue('--yes');
    expect(first.code).toBe(0);
    expect(first.stdout).toContain('1.1.0 -> 1.0.0 committed');
    expect(first.stdout).toContain('The device runs one whole release.');
    expect(await page()).toBe('old page');
    await scene.stack.startAgent();
    const second = await rescue('--yes');
    expect(second.code).toBe(0);
    expect(second.stdout).toContain('1.1.0 was left');
    expect(await page()).toBe('old page');
  });

  it('does what it has said also when nobody reads on, as behind head', async () => {
    await install('1.1.0');
    await scene.stack.stopAgent();
    const words = ['--root', scene.root, 'rescue', '--yes'];
    const PATH = `${join(repositoryRoot(), 'test/support/bin')}:${process.env['PATH'] ?? ''}`;
    const child = spawn(process.execPath, [join(repositoryRoot(), 'packages', RPC), ...words], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, PATH, PIKIT_FAKE_SYSTEMD: scene.stack.device.systemd },
    });
    child.stdout.destroy();
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await page()).toBe('old page');
  });

  it.skipIf(!hasScript)(`asks on a terminal, and no is no${NOTE}`, async () => {
    await install('1.1.0');
    expect(await rescueOnTerminal('n')).toMatchObject({ code: 0 });
    expect(await page()).toBe('page 1.1.0');
    expect(await rescueOnTerminal('y')).toMatchObject({ code: 0 });
    expect(await page()).toBe('old page');
  });

  it('says so where there is no previous release', async () => {
    const { code, stdout } = await rescue('--yes');
    expect(code).toBe(0);
    const document = JSON.parse((await rescue('--json', '--yes')).stdout) as { said: string[] };
    expect(document).toMatchObject({ ok: true });
    expect(`${document.said.join('\n')}\n`).toBe(stdout);
    expect(stdout).toContain('there is no previous release to go back to');
    expect(stdout).toContain(`pikit-rpc --root ${scene.root} doctor --audit`);
    expect(await page()).toBe('old page');
  });
});

describe('pikit-rpc rescue, on a device that needs it', () => {
  it('ends what a power cut left unfinished', async () => {
    const lift = await beginAndStall('1.1.0');
    await scene.stack.killAgent();
    lift();
    const { code, stdout } = await rescue('--yes');
    expect(code).toBe(0);
    expect(stdout).toMatch(/unfinished {2}apply of 1\.1\.0, begun .*, in staging/);
    expect(stdout).toContain('1.0.0 -> 1.1.0 committed');
    expect(await page()).toBe('page 1.1.0');
    expect(await scene.see(JOURNAL)).toBeUndefined();
  });

  it('puts a damaged journal aside and makes sure that every file is whole', async () => {
    await install('1.1.0');
    await scene.stack.stopAgent();
    await writeFile(host(JOURNAL), '{"format": 1, "checks');
    await writeFile(host('var/www/pikit-web/index.html'), 'half a p');
    const { code, stdout } = await rescue('--yes');
    expect(code).toBe(0);
    expect(stdout).toContain('its record is damaged');
    expect(stdout).toContain('damaged: 1');
    expect(stdout).toContain('going back to 1.0.0');
    expect(await page()).toBe('old page');
    expect(await scene.see(`${JOURNAL}.damaged`)).toContain('checks');
  });

  it('leaves whole files alone beside a damaged journal', async () => {
    await install('1.1.0');
    await scene.stack.stopAgent();
    await writeFile(host(JOURNAL), 'nonsense');
    const { code, stdout } = await rescue('--yes');
    expect(code).toBe(0);
    expect(stdout).toContain('damaged: 0');
    expect(await page()).toBe('page 1.1.0');
  });

  it('has a damaged state.json written anew', async () => {
    await install('1.1.0');
    await scene.stack.stopAgent();
    await writeFile(host(STATE), 'nonsense');
    const { code, stdout } = await rescue('--yes');
    expect(code).toBe(0);
    expect(stdout).toContain('Will put the damaged status aside');
    expect(await page()).toBe('page 1.1.0');
    expect(await scene.see(`${STATE}.damaged`)).toBe('nonsense');
    expect((await rescue('--yes')).stdout).toContain('Will go back to 1.0.0');
    expect(await page()).toBe('old page');
  });

  it('brings the previous release back where current leads nowhere', async () => {
    await install('1.1.0');
    await scene.stack.stopAgent();
    const current = host('var/lib/pikit/current');
    await rm(await realpath(current), { recursive: true });
    expect(await page()).toBeUndefined();
    const { code, stdout } = await rescue('--yes');
    expect(stdout).toContain('it is gone: the link to it leads nowhere');
    expect(stdout).toContain('committed');
    expect(code).toBe(0);
    expect(await page()).toBe('old page');
  });

  it('makes nothing worse where current leads nowhere and no release is left', async () => {
    await install('1.1.0');
    await scene.stack.stopAgent();
    await rm(host('var/lib/pikit/releases'), { recursive: true });
    const { code, stdout } = await rescue('--yes');
    expect(code).toBe(1);
    expect(stdout).toContain('A person is needed.');
    expect(stdout).toContain(`pikit-agent --root ${scene.root} --run update.apply`);
    // What it advises works.
    const { manifestSha256 } = await scene.publish(aPage('1.2.0'));
    const run = (...args: string[]) =>
      runProgram(AGENT, ['--root', scene.root, '--run', ...args], scene.stack.device.systemd);
    expect(await run('update.check')).toMatchObject({ code: 0 });
    const wanted = JSON.stringify({ version: '1.2.0', manifestSha256 });
    const applied = await run('update.apply', wanted);
    expect(applied).toMatchObject({ code: 0 });
    expect(await page()).toBe('page 1.2.0');
  });

  it('ends an agent that hangs, says how, and goes on without it', async () => {
    const lift = await beginAndStall('1.1.0');
    const pid = await agentPid();
    process.kill(pid, 'SIGSTOP');
    lift();
    const { code, stdout } = await rescue('--yes');
    expect(stdout).toContain('agent       hangs');
    expect(stdout).toContain(`ending the agent that hangs (process ${String(pid)})`);
    expect(stdout).toContain('1.0.0 -> 1.1.0 committed');
    expect(code).toBe(0);
    expect(await page()).toBe('page 1.1.0');
  });

  it('stops the units of the agent and gives the sockets back', async () => {
    await install('1.1.0');
    await scene.stack.stopAgent();
    for (const unit of ['pikit-agent.socket', 'pikit-agent-api.socket', 'pikit-agent.service']) {
      await writeFile(join(scene.stack.device.systemd, 'units', unit), 'active\n');
    }
    expect((await rescue('--yes')).code).toBe(0);
    const calls = (await scene.stack.systemctlCalls()).filter((call) =>
      /^(stop|start) pikit-agent/.test(call),
    );
    expect(calls).toEqual([
      'stop pikit-agent.socket',
      'stop pikit-agent-api.socket',
      'stop pikit-agent.service',
      'start pikit-agent.socket',
      'start pikit-agent-api.socket',
    ]);
  });
});

describe('pikit-rpc rescue, where it keeps out', () => {
  it('does nothing beside an agent that is at work', async () => {
    await beginAndStall('1.1.0');
    const { code, stdout } = await rescue('--yes');
    expect(code).toBe(75);
    expect(stdout).toContain('The agent is at work: apply in staging');
  });

  it('names what is wrong with the configuration', async () => {
    await install('1.1.0');
    await scene.stack.stopAgent();
    const { updaterToml } = scene.stack.device;
    await writeFile(updaterToml, `${await readFile(updaterToml, 'utf8')}\nchanel = 1\n`);
    const { code, stdout } = await rescue('--yes');
    expect(code).toBe(78);
    expect(stdout).toContain('chanel: unknown key');
    expect(await page()).toBe('page 1.1.0');
  });
});
