/** A temporary directory goes whatever becomes of the work. */
import { existsSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTemporaryDirectory } from '../src/temporary-directory.ts';

const listeners = (): number => process.listenerCount('SIGTERM');

describe('withTemporaryDirectory', () => {
  it('is for its owner alone, and gone afterwards', async () => {
    const before = listeners();
    const path = await withTemporaryDirectory(async (made) => {
      expect(statSync(made).mode & 0o777).toBe(0o700);
      expect(listeners()).toBe(before + 1);
      await writeFile(join(made, 'a'), 'a');
      return made;
    });
    expect(existsSync(path)).toBe(false);
    expect(listeners()).toBe(before);
  });

  it('goes also when the work fails, with the failure of the work', async () => {
    let path = '';
    const work = withTemporaryDirectory((made) => {
      path = made;
      throw new Error('enough');
    });
    await expect(work).rejects.toThrow('enough');
    expect([path === '', existsSync(path)]).toEqual([false, false]);
  });
});
