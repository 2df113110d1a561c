/**
 * The agent as systemd runs it: started by a call, on sockets that it did not make, and gone again when nobody wants it. The
 * sockets are held by systemd's own systemd-socket-activate.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { repositoryRoot } from '../support/repository-root.ts';
import { layDownDevice } from '../support/sandbox-root.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait-for.ts';
import { runProgram } from './scene.ts';

const ACTIVATE = 'systemd-socket-activate';
const AGENT = join(repositoryRoot(), 'packages/agent/dist/pikit-agent.mjs');
const isMissing = spawnSync(ACTIVATE, ['--version']).status !== 0;

it.skipIf(isMissing)(
  `wakes at a call, answers it, and leaves when nobody is there${isMissing ? ` (skipped: no ${ACTIVATE})` : ''}`,
  async () => {
    const dir = await makeTempDir();
    const root = join(dir.path, 'root');
    const source = { kind: 'dir', path: '/media/releases' } as const;
    const device = await layDownDevice({ root, source }, 1);
    await mkdir(dirname(device.agentSocket), { recursive: true });
    const sockets = ['-l', device.agentSocket, '-l', device.apiSocket, '--fdname=agent:api'];
    const program = spawn(ACTIVATE, [...sockets, process.execPath, AGENT, '--root', root]);
    const ended = once(program, 'close');
    let said = '';
    program.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    try {
      await waitFor('the sockets', () => existsSync(device.apiSocket));
      // It sleeps until somebody calls.
      expect(said).toBe('');
      const { code, stdout } = await runProgram('agent/dist/pikit-rpc.mjs', [
        '--root',
        root,
        '--json',
        'update.status',
      ]);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ transaction: null });
      expect(said).toContain('serving');
      expect(await ended).toEqual([0, null]);
      // They are systemd's: whoever calls next wakes the next one.
      expect(existsSync(device.agentSocket) && existsSync(device.apiSocket)).toBe(true);
    } finally {
      program.kill('SIGKILL');
      await dir.remove();
    }
  },
);
