/** Reading one line from a real pipe. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../../test/support/repository-root.ts';
import { bundle } from './support/bundle.ts';
import { withTempDir } from '../../../test/support/temp-dir.ts';

const SOURCE = join(repositoryRoot(), 'packages/api/src/standard-input.ts');

describe('readLine', () => {
  it('takes the first line without its break, and asks nobody but a terminal', async () => {
    await withTempDir(async (directory) => {
      const file = await bundle(SOURCE, join(directory, 'standard-input.mjs'));
      const script = `import { readLine } from ${JSON.stringify(file)};
        process.stdout.write(JSON.stringify(await readLine('Question: ')));`;
      const read = (input: string) => {
        const { stdout, stderr } = spawnSync(
          process.execPath,
          ['--input-type=module', '--eval', script],
          { input, encoding: 'utf8' },
        );
        return [JSON.parse(stdout), stderr];
      };
      expect(read('one \r\ntwo\n')).toEqual(['one ', '']);
      expect(read('no break')).toEqual(['no break', '']);
      expect(read('')).toEqual(['', '']);
    });
  });
});
