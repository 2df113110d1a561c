/** What is kept of a half-fetched file, and when it is believed. */
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { createDisk } from '../../src/adapters/disk-posix.ts';
import { createResumeState, type ResumeState } from '../../src/adapters/resume-record.ts';
import type { Disk } from '../../src/ports.ts';
import { chunksOf } from './recording-file-system.ts';

const URL_A = 'https://a/x';
const RECORD = { url: URL_A, etag: '"1"', size: 6 };

const withState = (work: (state: ResumeState, disk: Disk) => Promise<void>): Promise<void> =>
  withTempDir((root) => {
    const disk = createDisk({ root });
    return work(createResumeState(disk, '/d/x'), disk);
  });

describe('createResumeState', () => {
  it('keeps bytes for the address and the file that they belong to', () =>
    withState(async (state) => {
      expect(await state.kept(URL_A)).toBeUndefined();
      await state.begin(RECORD);
      expect(await state.kept(URL_A)).toBeUndefined();
      await state.append(0, chunksOf('abc'));
      expect(await state.kept(URL_A)).toEqual({ offset: 3, record: RECORD });
      expect(await state.kept('https://b/x')).toBeUndefined();
      await state.begin(RECORD);
      expect(await state.kept(URL_A)).toBeUndefined();
    }));

  it.each([
    ['without a strong ETag', { ...RECORD, etag: null }],
    ['longer than the whole file', { ...RECORD, size: 2 }],
  ])('does not keep bytes %s', (_name, record) =>
    withState(async (state) => {
      await state.begin(record);
      await state.append(0, chunksOf('abc'));
      expect(await state.kept(URL_A)).toBeUndefined();
    }),
  );

  it('believes in a finished file of the right size only', () =>
    withState(async (state, disk) => {
      await state.begin(RECORD);
      await state.append(0, chunksOf('abcdef'));
      expect(await state.finishedBytes(URL_A)).toBeUndefined();
      await state.finish(RECORD);
      expect(await state.finishedBytes(URL_A)).toBe(6);
      expect(await state.finishedBytes('https://b/x')).toBeUndefined();
      await disk.write('/d/x', 'short', 0o600);
      expect(await state.finishedBytes(URL_A)).toBeUndefined();
    }));

  it('forgets', () =>
    withState(async (state, disk) => {
      await state.begin(RECORD);
      await state.append(0, chunksOf('abc'));
      await state.forget();
      expect(await disk.list('/d')).toEqual([]);
    }));
});
