/** The operator's secret: read anew each time, from a file that nobody else can read, and never told. */
import { chmod, chown, mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { createTokenFile, type ReadToken } from '../../src/adapters/token-file.ts';

const SECRET = 'a-secret-of-forty-letters-0123456789abcd';
const uid = process.getuid?.() ?? 0;

function withToken(work: (read: ReadToken, file: string) => Promise<void>): Promise<void> {
  return withTempDir(async (root) => {
    await mkdir(join(root, 'etc'));
    const file = join(root, 'etc/token');
    await writeFile(file, `${SECRET}\n`, { mode: 0o600 });
    await work(createTokenFile({ path: '/etc/token', root, uid }), file);
  });
}

/** The reason; it and the message name the file and never what is in it. */
async function refusalOf(read: ReadToken): Promise<string> {
  const error = await expectCode(read(), 'config-invalid');
  expect(error.details['key']).toBe('source.token_file');
  expect(`${error.message} ${JSON.stringify(error.details)}`).not.toContain(SECRET);
  expect(error.message).toContain('/etc/token');
  return String(error.details['reason']);
}

describe('createTokenFile', () => {
  it('reads the line, and a new one the next time', () =>
    withToken(async (read, file) => {
      expect(await read()).toBe(SECRET);
      await writeFile(file, 'another');
      expect(await read()).toBe('another');
      await writeFile(file, 'a-third\r\n');
      await chmod(file, 0o400);
      expect(await read()).toBe('a-third');
    }));

  it.each([0o604, 0o640, 0o660, 0o602, 0o601, 0o700, 0o4600])(
    'refuses mode %i and says what to do',
    (mode) =>
      withToken(async (read, file) => {
        await chmod(file, mode);
        expect(await refusalOf(read)).toContain('chmod 600 /etc/token');
      }),
  );

  it.runIf(uid === 0)('refuses the file of another user, to whom it would be no secret', () =>
    withToken(async (read, file) => {
      await chown(file, 65_534, 0);
      expect(await refusalOf(read)).toContain('chown root /etc/token');
    }),
  );

  it('takes the file of whoever runs the agent', () =>
    withTempDir(async (root) => {
      await writeFile(join(root, 'token'), SECRET, { mode: 0o600 });
      if (uid === 0) await chown(join(root, 'token'), 1000, 1000);
      const owner = uid === 0 ? 1000 : uid;
      expect(await createTokenFile({ path: '/token', root, uid: owner })()).toBe(SECRET);
    }));

  it.each([
    ['nothing', ''],
    ['an empty line', '\n'],
    ['two lines', `${SECRET}\n${SECRET}\n`],
    ['a space', `token ${SECRET}`],
    ['a line break that would end a header', `${SECRET}\r\nx-other: 1`],
    ['a letter beyond ASCII', `${SECRET}é`],
    ['a byte of zero', `${SECRET}\0`],
    ['more than fits', SECRET.repeat(200)],
  ])('refuses %s', (_what, content) =>
    withToken(async (read, file) => {
      await writeFile(file, content);
      expect(await refusalOf(read)).toContain('one line');
    }),
  );

  it('refuses what is not there, a link, a directory and a socket, and waits for none', () =>
    withTempDir(async (root) => {
      await mkdir(join(root, 'etc'));
      const at = (path: string) => createTokenFile({ path, root, uid });
      await expectCode(at('/etc/none')(), 'config-invalid');
      await writeFile(join(root, 'real'), SECRET, { mode: 0o600 });
      await symlink('real', join(root, 'link'));
      expect((await expectCode(at('/link')(), 'config-invalid')).details['reason']).toContain(
        'symlink',
      );
      await expectCode(at('/etc')(), 'config-invalid');
      const server = createServer().listen(join(root, 's'));
      await new Promise((resolve) => server.once('listening', resolve));
      await expectCode(at('/s')(), 'config-invalid');
      server.close();
    }));
});
