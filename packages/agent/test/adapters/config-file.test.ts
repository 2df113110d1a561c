/** The config is read as text, or the reason is told. */
import { execFileSync } from 'node:child_process';
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
        [join(root, 'none.toml'), 'is not there'],
        [root, 'is a directory'],
      ] as const) {
        const error = await expectCode(readConfigFile(path), 'config-invalid');
        expect(error.message).toBe(`${path} ${reason}`);
        expect(error.details).toMatchObject({ file: path, reason });
      }
    }));

  it('refuses what is not UTF-8, in which a path would lead elsewhere', () =>
    withTempDir(async (root) => {
      await writeFile(join(root, 'x.toml'), Buffer.from('to = "/srv/K\xfcche"\n', 'latin1'));
      const error = await expectCode(readConfigFile(join(root, 'x.toml')), 'config-invalid');
      expect(error.message).toContain('is not UTF-8');
    }));

  it('waits for no pipe', () =>
    withTempDir(async (root) => {
      const path = join(root, 'x.toml');
      execFileSync('mkfifo', [path]);
      const error = await expectCode(readConfigFile(path), 'config-invalid');
      expect(error.message).toBe(`${path} is not a regular file`);
    }));

  it('reads no more than a file of settings has', async () => {
    const error = await expectCode(readConfigFile('/dev/zero'), 'config-invalid');
    expect(error.details['reason']).toBe('is larger than 1048576 bytes');
  });
});
