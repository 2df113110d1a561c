/** Making an agent stand aside: units of the tests' systemd, and a process that does not listen. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../../../../test/support/repository-root.ts';
import { makeTempDir, type TempDir } from '../../../../../test/support/temp-dir.ts';
import { stopAgent } from '../../../src/cli/rescue/stop-agent.ts';

const before = { ...process.env };
let dir: TempDir;
let lines: string[];
beforeEach(async () => {
  dir = await makeTempDir();
  lines = [];
  const bin = join(repositoryRoot(), 'test/support/bin');
  process.env['PATH'] = `${bin}:${before['PATH'] ?? ''}`;
  process.env['PIKIT_FAKE_SYSTEMD'] = dir.path;
  await mkdir(join(dir.path, 'units'));
});
afterEach(async () => {
  process.env['PATH'] = before['PATH'];
  delete process.env['PIKIT_FAKE_SYSTEMD'];
  await dir.remove();
});

const say = (line: string) => void lines.push(line);

/** A process of that name which takes no SIGTERM. */
async function startDeaf(name: string) {
  const program = join(dir.path, name);
  await writeFile(
    program,
    'process.on("SIGTERM", () => {}); setInterval(() => {}, 1e6); console.log(1);',
  );
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

describe('stopAgent', () => {
  it('stops the units that there are, sockets first, and starts the sockets again', async () => {
    for (const unit of ['pikit-agent.socket', 'pikit-agent.service']) {
      await writeFile(join(dir.path, 'units', unit), 'active\n');
    }
    const { giveBack } = await stopAgent(undefined, true, say);
    expect(lines.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'stopping pikit-agent.socket',
      'stopping pikit-agent.service',
    ]);
    await giveBack();
    expect(lines.at(-1)).toBe('started pikit-agent.socket');
  });

  it('kills an agent that hangs, and says how', async () => {
    const child = await startDeaf('pikit-agent.mjs');
    const gone = once(child, 'exit');
    await stopAgent(child.pid, true, say);
    expect(await gone).toEqual([null, 'SIGKILL']);
    expect(lines[0]).toContain('SIGTERM, then SIGKILL');
  });

  it('leaves alone what answers, and what is no agent', async () => {
    const other = await startDeaf('other.mjs');
    const agent = await startDeaf('pikit-agent.mjs');
    await stopAgent(other.pid, true, say);
    await stopAgent(agent.pid, false, say);
    expect([other.exitCode, other.signalCode, agent.signalCode]).toEqual([null, null, null]);
    expect(lines).toEqual([]);
    for (const child of [other, agent]) child.kill('SIGKILL');
  });
});
