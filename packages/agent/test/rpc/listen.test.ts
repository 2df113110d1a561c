/** The mode of a socket is the authentication, so it is read here; and what systemd passes is taken over. */
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { inheritedSockets, isServed, listen } from '../../src/rpc/listen.ts';
import { createListLog } from '../support/fakes.ts';

describe('listen', () => {
  it.each([
    [0o177, '600'],
    [0o117, '660'],
  ])(
    'with umask %i makes a socket of mode %s and leaves the umask as it was',
    async (umask, mode) => {
      await withTempDir(async (dir) => {
        const before = process.umask();
        const path = join(dir, 's');
        const server = await listen(
          { path, umask, fd: undefined },
          (socket) => socket.destroy(),
          createListLog(),
        );
        expect(((await stat(path)).mode & 0o777).toString(8)).toBe(mode);
        expect(process.umask()).toBe(before);
        server.close();
      });
    },
  );

  it('tells the log what goes wrong after it listens, and goes on', async () => {
    await withTempDir(async (dir) => {
      const path = join(dir, 's');
      const log = createListLog();
      const plan = { path, umask: 0o177, fd: undefined };
      const server = await listen(plan, (socket) => socket.destroy(), log);
      server.emit('error', new Error('too many open files'));
      expect(log.lines).toEqual([`error: ${path}: too many open files`]);
      expect(await isServed(path)).toBe(true);
      server.close();
    });
  });

  it('rejects when the place is taken', async () => {
    await withTempDir(async (dir) => {
      const plan = { path: join(dir, 'missing/s'), umask: 0o177, fd: undefined };
      await expect(
        listen(plan, (socket) => socket.destroy(), createListLog()),
      ).rejects.toMatchObject({
        syscall: 'listen',
      });
    });
  });
});

describe('isServed', () => {
  it('is true only while somebody answers', async () => {
    await withTempDir(async (dir) => {
      const path = join(dir, 's');
      expect(await isServed(path)).toBe(false);
      await writeFile(path, 'no socket');
      expect(await isServed(path)).toBe(false);
      const plan = { path: join(dir, 't'), umask: 0o177, fd: undefined };
      const server = await listen(plan, (socket) => socket.destroy(), createListLog());
      expect(await isServed(plan.path)).toBe(true);
      await new Promise((resolve) => server.close(resolve));
      expect(await isServed(plan.path)).toBe(false);
    });
  });
});

describe('inheritedSockets', () => {
  it('reads names and numbers as sd_listen_fds(3) gives them', () => {
    const env = { LISTEN_PID: '7', LISTEN_FDS: '2', LISTEN_FDNAMES: 'agent:api' };
    expect([...inheritedSockets(env, 7)]).toEqual([
      ['agent', 3],
      ['api', 4],
    ]);
  });

  it.each([
    ['another process', { LISTEN_PID: '8', LISTEN_FDS: '1', LISTEN_FDNAMES: 'agent' }],
    ['nothing', {}],
  ])('is empty for %s', (_what, env) => {
    expect(inheritedSockets(env, 7).size).toBe(0);
  });
});
