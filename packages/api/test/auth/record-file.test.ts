/** Records on the disk: there and back, in order, and what is not believed. */
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { createRecordFile } from '../../src/auth/record-file.ts';
import { createRecordingLog } from '../support/recording-log.ts';

const schema = v.object({ numbers: v.array(v.number()) });

const at = (file: string) => {
  const log = createRecordingLog();
  return {
    log,
    records: createRecordFile({ file, schema, maxBytes: 100, cost: 'all is lost', log }),
  };
};

describe('createRecordFile', () => {
  it('reads what it wrote, for its own user alone, and nothing where nothing is', async () => {
    await withTempDir(async (directory) => {
      const file = join(directory, 'deep/records.json');
      const { records, log } = at(file);
      expect(await records.load()).toBeUndefined();
      await records.save(() => ({ numbers: [1, 2] }));
      expect(await records.load()).toEqual({ numbers: [1, 2] });
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(log.lines).toEqual([]);
    });
  });

  it('writes one after the other and asks late, so that the last word stays', async () => {
    await withTempDir(async (directory) => {
      const file = join(directory, 'records.json');
      const { records } = at(file);
      const numbers: number[] = [];
      const saves = [1, 2, 3].map((number) => {
        numbers.push(number);
        return records.save(() => ({ numbers }));
      });
      await Promise.all(saves);
      expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ numbers: [1, 2, 3] });
    });
  });

  it('rejects when it cannot write, and tries the next time again', async () => {
    await withTempDir(async (directory) => {
      const file = join(directory, 'in-the-way');
      await mkdir(join(file, 'full'), { recursive: true });
      const { records } = at(file);
      await expectCode(
        records.save(() => ({ numbers: [] })),
        'write-failed',
      );
      await expectCode(
        records.save(() => ({ numbers: [] })),
        'write-failed',
      );
      expect(records.isBehind()).toBe(true);
      await rm(file, { recursive: true });
      await records.save(() => ({ numbers: [] }));
      expect(records.isBehind()).toBe(false);
    });
  });

  it('goes on where a damaged one cannot be moved, and says so', async () => {
    await withTempDir(async (directory) => {
      const file = join(directory, 'records.json');
      await writeFile(file, 'no JSON');
      await mkdir(`${file}.damaged`);
      const { records, log } = at(file);
      expect(await records.load()).toBeUndefined();
      expect(log.lines[1]).toContain('records.json cannot be renamed');
      await records.save(() => ({ numbers: [7] }));
      expect(await records.load()).toEqual({ numbers: [7] });
    });
  });

  it.each([
    ['torn', '{"numbers":[1,'],
    ['of another form', '{"numbers":["1"]}'],
    ['too large', `{"numbers":[${'1,'.repeat(60)}1]}`],
  ])('does not believe one that is %s, and says what it costs', async (_what, text) => {
    await withTempDir(async (directory) => {
      const file = join(directory, 'records.json');
      await writeFile(file, text);
      const { records, log } = at(file);
      expect(await records.load()).toBeUndefined();
      expect(log.lines.join('')).toContain('records.json is damaged, all is lost');
      await records.save(() => ({ numbers: [7] }));
      expect(await records.load()).toEqual({ numbers: [7] });
      expect(await readFile(`${file}.damaged`, 'utf8')).toBe(text);
    });
  });
});
