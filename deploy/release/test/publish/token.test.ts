/** The token: from where it comes, and that a file which others can read is refused. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { findToken, readToken, TOKEN_VARIABLE } from '../../src/publish/token.ts';

const inFile = (content: string, mode: number, environment = {}): Promise<string> =>
  withTempDir(async (dir) => {
    const path = join(dir, 'token');
    await writeFile(path, content);
    await chmod(path, mode);
    return readToken(path, environment);
  });

describe('findToken', () => {
  it('bears that there is none, but no empty file', async () => {
    expect(await findToken(undefined, {})).toBeUndefined();
    expect(await findToken(undefined, { [TOKEN_VARIABLE]: '' })).toBeUndefined();
    expect(await findToken(undefined, { [TOKEN_VARIABLE]: 'abc' })).toBe('abc');
    await expectCode(inFile('', 0o600), 'config-invalid');
  });
});

describe('readToken', () => {
  it('takes the file before the environment', async () => {
    expect(await inFile('abc\n', 0o600, { [TOKEN_VARIABLE]: 'def' })).toBe('abc');
    expect(await readToken(undefined, { [TOKEN_VARIABLE]: 'def' })).toBe('def');
  });

  it('wants one', async () => {
    await expectCode(readToken(undefined, {}), 'invalid-request');
    await expectCode(readToken(undefined, { [TOKEN_VARIABLE]: '' }), 'invalid-request');
  });

  it.each([0o644, 0o640, 0o604, 0o660])('refuses a file of mode %o', async (mode) => {
    await expectCode(inFile('abc\n', mode), 'config-invalid');
  });

  it.each([['two\nlines\n'], ['with space'], ['ünïcode'], ['a'.repeat(5000)]])(
    'refuses %j, and does not repeat it',
    async (content) => {
      const error = await expectCode(inFile(content, 0o600), 'config-invalid');
      expect(JSON.stringify(error.toView()) + error.message).not.toContain(content.slice(0, 9));
    },
  );

  it('refuses what is no file, and says what is not there', () =>
    withTempDir(async (dir) => {
      await mkdir(join(dir, 'd'), { mode: 0o700 });
      await expectCode(readToken(join(dir, 'd'), {}), 'config-invalid');
      const error = await expectCode(readToken(join(dir, 'none'), {}), 'config-invalid');
      expect(error.details['reason']).toBe('cannot be read');
    }));
});
