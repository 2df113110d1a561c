/** The config is read as text, or the reason is told. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { readConfigFile } from '../../src/adapters/config-file.ts';

describe('readConfigFile', () => {
  it('gives the text', () =>
    withTempDir(async (root) => {
      await writeFile(join(root, 'x.toml'), 'channel = "stäble"\n');
      expect(await readConfigFile(join(root, 'x.toml'))).toBe('channel = "stäble"\n');
    }));

  it('says which file cannot be read, and why', () =>
    withTempDir(async (root) => {
      for (const [path, reason] of [
        [join(root, 'none.toml'), 'ENOENT'],
        [root, 'EISDIR'],
      ] as const) {
        const error = await expectCode(readConfigFile(path), 'config-invalid');
        expect(error.details).toMatchObject({ file: path, reason });
      }
    }));
});
