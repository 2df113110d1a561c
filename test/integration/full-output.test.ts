/** Each program with its standard output on a full disk: whoever asked must not take silence for success. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/repository-root.ts';
import { withTempDir } from '../support/temp-dir.ts';

const RPC = 'packages/agent/dist/pikit-rpc.mjs';
const AGENT = 'packages/agent/dist/pikit-agent.mjs';
const CONFIG = 'deploy/config/updater.toml';

/** A device that has no room, whatever is written to it. */
async function onFullDisk(program: string, args: readonly string[]) {
  const full = await open('/dev/full', 'w');
  try {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: repositoryRoot(),
      stdio: ['ignore', full.fd, 'pipe'],
    });
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [code] = (await once(child, 'close')) as unknown[];
    return { code, stderr };
  } finally {
    await full.close();
  }
}

describe('on a full disk', () => {
  it.each([
    ['pikit-rpc', RPC, ['--version']],
    ['pikit-rpc', RPC, ['--help']],
    ['pikit-agent', AGENT, ['--version']],
    ['pikit-agent', AGENT, ['--config', CONFIG, '--check-config']],
    ['pikit-api', 'packages/api/dist/pikit-api.mjs', ['--version']],
    ['pikit-api', 'packages/api/dist/pikit-api.mjs', ['--help']],
    ['pikit-release', 'deploy/release/dist/pikit-release.mjs', ['--version']],
  ])('%s fails and says why: %s %j', async (name, program, args) => {
    const { code, stderr } = await onFullDisk(program, args);
    expect(stderr).toMatch(new RegExp(`^${name}: stdout: ENOSPC.*\n$`));
    expect(code).toBe(1);
  });

  it('pikit-rpc keeps the exit code of what went wrong before', () =>
    withTempDir(async (root) => {
      const { code, stderr } = await onFullDisk(RPC, ['--root', root, '--json', 'update.status']);
      expect(code).toBe(69);
      expect(stderr).toContain('pikit-rpc: stdout: ENOSPC');
      // As it must be called, to be copied.
      expect(stderr).toContain(`pikit-rpc --root ${root} doctor says why`);
    }));

  it('pikit-agent fails where the result of a call is lost', () =>
    withTempDir(async (root) => {
      const args = ['--root', root, '--config', CONFIG, '--run', 'update.history'];
      const { code, stderr } = await onFullDisk(AGENT, args);
      expect(stderr).toContain('pikit-agent: stdout: ENOSPC');
      expect(code).toBe(1);
    }));
});
