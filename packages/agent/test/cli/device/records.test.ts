/** Reading small files without changing them. */
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../../test/support/temp-dir.ts';
import { readRecord, readSmall } from '../../../src/cli/device/records.ts';
import { encodeRecord } from '../../../src/core/record.ts';

const Schema = v.object({ a: v.number() });

describe('readRecord', () => {
  it('reads what is good, and says why what is damaged is not', () =>
    withTempDir(async (root) => {
      const read = () => readRecord(root, '/a.json', Schema);
      expect(await read()).toEqual({ kind: 'absent' });
      await writeFile(join(root, 'a.json'), encodeRecord({ a: 1 }));
      expect(await read()).toEqual({ kind: 'good', content: { a: 1 } });
      const torn = encodeRecord({ a: 1 }).replace('1', '2');
      await writeFile(join(root, 'a.json'), torn);
      expect(await read()).toMatchObject({ kind: 'damaged' });
      expect(await readFile(join(root, 'a.json'), 'utf8')).toBe(torn);
    }));
});

describe('readSmall', () => {
  it('refuses what is no small file', () =>
    withTempDir(async (root) => {
      await mkdir(join(root, 'directory'));
      await writeFile(join(root, 'large'), '');
      await truncate(join(root, 'large'), 5 * 1024 * 1024);
      expect(await readSmall(join(root, 'large'))).toBe('too large');
      expect(await readSmall(join(root, 'directory'))).toBe('EISDIR');
      execFileSync('mkfifo', [join(root, 'pipe')]);
      expect(await readSmall(join(root, 'pipe'))).toBe('not a regular file');
      expect(await readSmall(join(root, 'none'))).toBeUndefined();
      expect(await readSmall(join(root, 'large/none'))).toBeUndefined();
    }));
});
