/** Whom the operator trusts besides the system: read anew each time, and refused where others could write it. */
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { createCaFile, type ReadCa } from '../../src/adapters/ca-file.ts';
import { AUTHORITY } from './test-authority.ts';
import { UNTRUSTED } from './untrusted-certificate.ts';

const uid = process.getuid?.() ?? 0;

function withFile(
  text: string,
  work: (read: ReadCa, file: string) => Promise<void>,
): Promise<void> {
  return withTempDir(async (root) => {
    const file = join(root, 'ca.pem');
    await writeFile(file, text, { mode: 0o644 });
    await work(createCaFile({ path: '/ca.pem', root, uid }), file);
  });
}

async function refusalOf(read: ReadCa): Promise<string> {
  const { details } = await expectCode(read(), 'config-invalid');
  expect(details['key']).toBe('network.ca_file');
  return String(details['reason']);
}

describe('createCaFile', () => {
  it('adds its certificates to those that are trusted anyway', () =>
    withFile(`# ours\n${AUTHORITY}\n\n${UNTRUSTED.cert}\n`, async (read, file) => {
      const all = await read();
      expect(all).toEqual(expect.arrayContaining([AUTHORITY, UNTRUSTED.cert]));
      expect(all).toEqual(expect.arrayContaining([...rootCertificates]));
      await writeFile(file, AUTHORITY);
      expect(await read()).not.toContain(UNTRUSTED.cert);
    }));

  it.each([
    ['empty', '', 'no certificate'],
    ['a key alone', UNTRUSTED.key, 'no certificate'],
    ['damaged', AUTHORITY.replace('MII', 'XXX'), 'cannot be read'],
    ['very large', AUTHORITY + ' '.repeat(1024 * 1024), 'larger'],
  ])('refuses what is %s', (_what, text, reason) =>
    withFile(text, async (read) => {
      expect(await refusalOf(read)).toContain(reason);
    }),
  );

  it('refuses what others can change, what is not there and what is no file', () =>
    withFile(AUTHORITY, async (read, file) => {
      for (const mode of [0o664, 0o646]) {
        await chmod(file, mode);
        expect(await refusalOf(read)).toContain('can be changed by others');
      }
      const at = (path: string) => createCaFile({ path, root: join(file, '..'), uid });
      expect(await refusalOf(at('/none.pem'))).toBe('/none.pem is not there');
      await mkdir(join(file, '../folder'));
      expect(await refusalOf(at('/folder'))).toContain('not a regular file');
    }));

  it.runIf(uid === 0)('refuses the file of another user', () =>
    withFile(AUTHORITY, async (read, file) => {
      await chown(file, 65_534, 0);
      expect(await refusalOf(read)).toContain('chown root');
    }),
  );
});
