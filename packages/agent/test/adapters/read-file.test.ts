/** Only regular files are read, never more than was asked for. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { realFileSystem } from '../../src/adapters/file-system-node.ts';
import type { FileSystem } from '../../src/adapters/file-system.ts';
import { hashFile, openRegular, readBounded, streamFile } from '../../src/adapters/read-file.ts';

describe('readBounded', () => {
  it('reads a file of exactly the limit and refuses one more byte', () =>
    withTempDir(async (root) => {
      const path = join(root, 'x');
      await writeFile(path, '12345');
      expect(Buffer.from(await readBounded(realFileSystem, path, 5, '/x')).toString()).toBe(
        '12345',
      );
      const error = await expectCode(readBounded(realFileSystem, path, 4, '/x'), 'too-large');
      expect(error.details).toEqual({ path: '/x', limit: 4 });
    }));

  it('reads files of /proc, which say that they are empty', async () => {
    const bytes = await readBounded(realFileSystem, '/proc/self/status', 100_000, '/x');
    expect(Buffer.from(bytes).toString()).toContain('Pid:');
    await expectCode(readBounded(realFileSystem, '/proc/self/status', 10, '/x'), 'too-large');
  });

  it('refuses a link, a directory and a pipe without waiting for a writer', () =>
    withTempDir(async (root) => {
      await writeFile(join(root, 'x'), '');
      await symlink('x', join(root, 'link'));
      execFileSync('mkfifo', [join(root, 'pipe')]);
      const read = (name: string) => readBounded(realFileSystem, join(root, name), 10, '/x');
      await expect(read('link')).rejects.toMatchObject({ code: 'ELOOP' });
      await expect(read('pipe')).rejects.toMatchObject({ code: 'EINVAL' });
      await expect(read('.')).rejects.toMatchObject({ code: 'EINVAL' });
    }));
});

describe('openRegular', () => {
  it('keeps nothing open that it does not hand out', () =>
    withTempDir(async (root) => {
      await writeFile(join(root, 'x'), '');
      let open = 0;
      const failing: FileSystem = {
        ...realFileSystem,
        async open(...how) {
          const file = await realFileSystem.open(...how);
          open += 1;
          const close = async (): Promise<void> => {
            open -= 1;
            await file.close();
          };
          return { ...file, close, stat: async () => Promise.reject(new Error('EIO')) };
        },
      };
      await expect(openRegular(failing, join(root, 'x'))).rejects.toThrow('EIO');
      expect(open).toBe(0);
    }));
});

describe('streamFile', () => {
  it('begins at the offset and gives each chunk a buffer of its own', () =>
    withTempDir(async (root) => {
      const content = Buffer.alloc(600_000);
      for (let index = 0; index < content.length; index += 1) content[index] = index % 251;
      await writeFile(join(root, 'x'), content);
      const chunks: Uint8Array[] = [];
      for await (const chunk of streamFile(realFileSystem, join(root, 'x'), 1000)) {
        chunks.push(chunk);
      }
      expect(chunks.length).toBeGreaterThan(2);
      expect(Buffer.concat(chunks).equals(content.subarray(1000))).toBe(true);
    }));
});

describe('hashFile', () => {
  it('agrees with the digest of the whole content', () =>
    withTempDir(async (root) => {
      const content = Buffer.alloc(300_000, 'abc');
      await writeFile(join(root, 'x'), content);
      expect(await hashFile(realFileSystem, join(root, 'x'))).toEqual({
        sha256: createHash('sha256').update(content).digest('hex'),
        size: 300_000,
      });
    }));
});
