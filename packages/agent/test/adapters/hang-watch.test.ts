/** The watch over a process that hangs: a real one, that blocks its loop, and one that goes on turning. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';

let home: TempDir;
beforeAll(async () => {
  home = await makeTempDir();
});
afterAll(() => home.remove());

/** How a process ended that is watched while it does this. */
async function fate(
  name: string,
  work: string,
  limitSeconds = 1,
): Promise<{ signal: unknown; stderr: string }> {
  const source = join(import.meta.dirname, '../../src/adapters/hang-watch.ts');
  const outfile = join(home.path, `${name}.mjs`);
  const contents = `import { watchForHangs } from ${JSON.stringify(source)};
    const endWatch = watchForHangs({ log: { warning: console.error }, limitSeconds: ${String(limitSeconds)} });
    ${work}`;
  const stdin = { contents, resolveDir: home.path };
  await build({ stdin, outfile, bundle: true, platform: 'node', format: 'esm' });
  const child = spawn(process.execPath, [outfile], { stdio: ['ignore', 'ignore', 'pipe'] });
  const [stderr, [, signal]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { signal, stderr };
}

describe('watchForHangs', () => {
  it('kills a process that has stopped turning, and says so', async () => {
    const { signal, stderr } = await fate('hangs', 'setTimeout(() => { for (;;); }, 100);');
    expect(signal).toBe('SIGKILL');
    expect(stderr).toContain('<3>the agent has not turned for 1 s: killed');
  });

  it('kills one that is stopped', async () => {
    const { signal } = await fate(
      'stopped',
      "setTimeout(() => process.kill(process.pid, 'SIGSTOP'), 100);",
    );
    expect(signal).toBe('SIGKILL');
  });

  it('leaves one alone that has nothing left to do, and ends with it', async () => {
    expect(await fate('done', '')).toEqual({ signal: null, stderr: '' });
  });

  it('is gone with all that it started when it has been dismissed', async () => {
    const look = `require('node:fs').readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8')`;
    const { stderr } = await fate(
      'dismissed',
      `import { createRequire } from 'node:module';
      const require = createRequire('/');
      const before = ${look};
      await endWatch();
      console.error(before !== '', ${look});`,
    );
    expect(stderr).toBe('true \n');
  });

  it('leaves one alone that waits for longer than the limit', async () => {
    // Room for a machine that stands still for a moment.
    expect(await fate('waits', 'setTimeout(() => {}, 7000);', 3)).toEqual({
      signal: null,
      stderr: '',
    });
  });
});
