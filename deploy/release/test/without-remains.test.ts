/** That nothing remains of a piece of work, however it ends. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../test/support/temp-dir.ts';
import { waitFor } from '../../../test/support/wait-for.ts';
import { withoutRemains } from '../src/without-remains.ts';

const fill = async (path: string): Promise<void> => {
  await mkdir(path);
  await writeFile(join(path, 'a'), 'a');
};

describe('withoutRemains', () => {
  it('removes what the work has left, and stops listening', () =>
    withTempDir(async (dir) => {
      const path = join(dir, 'made');
      const before = process.listenerCount('SIGTERM');
      expect(await withoutRemains(path, async () => fill(path).then(() => 'done'))).toBe('done');
      expect(existsSync(path)).toBe(false);
      expect(process.listenerCount('SIGTERM')).toBe(before);
      const failing = withoutRemains(path, async () => {
        await fill(path);
        throw new Error('enough');
      });
      await expect(failing).rejects.toThrow('enough');
      expect(existsSync(path)).toBe(false);
    }));

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'removes it on %s, and passes that on',
    (signal) =>
      withTempDir(async (dir) => {
        const path = join(dir, 'made');
        let heard = 0;
        const hear = (): void => {
          heard += 1;
        };
        process.on(signal, hear);
        try {
          await withoutRemains(path, async () => {
            await fill(path);
            process.kill(process.pid, signal);
            // Ours, and once more as if nobody had listened: without this test that would be the end.
            await waitFor('the second signal', () => heard === 2);
            expect(existsSync(path)).toBe(false);
          });
        } finally {
          process.off(signal, hear);
        }
      }),
  );
});
