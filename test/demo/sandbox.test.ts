/** The demo's memory must last from start to start, and `--reset` must never empty somebody's own directory. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../support/temp-dir.ts';
import { enterSandbox } from './sandbox.ts';

describe('enterSandbox', () => {
  it('remembers the password, and forgets it with --reset', async () => {
    await withTempDir(async (path) => {
      const first = await enterSandbox(path, { reset: false });
      expect(first.password).toMatch(/^[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}$/);
      await first.leave();
      const second = await enterSandbox(path, { reset: false });
      expect(second.password).toBe(first.password);
      await mkdir(second.root);
      await mkdir(second.maintainer);
      const third = await enterSandbox(path, { reset: true });
      expect(third.password).not.toBe(first.password);
      expect([third.root, third.maintainer].map(existsSync)).toEqual([false, false]);
    });
  });

  it('does not empty a directory that is no sandbox', async () => {
    await withTempDir(async (path) => {
      await mkdir(join(path, 'root'));
      await writeFile(join(path, 'root/photo.jpg'), 'x');
      const error: unknown = await enterSandbox(path, { reset: true }).catch((e: unknown) => e);
      expect(String(error)).toContain('is not a sandbox');
      expect(await readFile(join(path, 'root/photo.jpg'), 'utf8')).toBe('x');
    });
  });

  it('takes over from a demo that is gone', async () => {
    await withTempDir(async (path) => {
      // A process that runs, but is no demo: as after a restart, when numbers come back.
      await writeFile(join(path, 'demo.pid'), `${process.ppid}\n`);
      await enterSandbox(path, { reset: false });
      expect(await readFile(join(path, 'demo.pid'), 'utf8')).toBe(`${process.pid}\n`);
    });
  });
});
