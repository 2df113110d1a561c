/** A record means one process of one boot and nobody else. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../../../../test/support/wait-for.ts';
import { isAlive, ownIdentity, parseStat } from '../../src/adapters/process-alive.ts';

const REST = '1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 777 0 0';

describe('parseStat', () => {
  it('is not misled by a program called ") Z 1"', () => {
    expect(parseStat(`12 (a) Z 1) S 1 ${REST}`)).toEqual({ state: 'S', start: '777' });
  });

  it('counts remains as gone', () => {
    for (const state of ['Z', 'X', 'x']) {
      expect(parseStat(`12 (node) ${state} 1 ${REST}`)).toBeUndefined();
    }
    expect(parseStat('')).toBeUndefined();
  });
});

describe('isAlive', () => {
  it('knows this process, and no other start or boot under its number', async () => {
    const mine = await ownIdentity();
    expect(await isAlive(mine)).toBe(true);
    expect(await isAlive({ ...mine, start: `${mine.start}1` })).toBe(false);
    expect(await isAlive({ ...mine, boot: 'another' })).toBe(false);
  });

  it('does not take a zombie for a living process', async () => {
    // The shell becomes sleep, which never collects its child.
    const parent = spawn('sh', ['-c', 'sleep 600 & echo $!; exec sleep 600']);
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const parentsName = () => readFile(`/proc/${String(parent.pid)}/comm`, 'utf8');
    await waitFor('the shell to become sleep', async () => (await parentsName()) === 'sleep\n');
    const pid = Number(line.toString());
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const start = parseStat(stat)?.start ?? '';
    const { boot } = await ownIdentity();
    expect(await isAlive({ pid, start, boot })).toBe(true);
    process.kill(pid, 'SIGKILL');
    await waitFor('a zombie', async () => / Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8')));
    expect(await isAlive({ pid, start, boot })).toBe(false);
    parent.kill('SIGKILL');
  });
});
