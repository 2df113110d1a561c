/** What is kept is what was given, for a while, within bounds, and never written twice. */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { createDisk } from '../../src/adapters/disk-posix.ts';
import { createKeptAnswers, type KeptAnswer } from '../../src/adapters/kept-answers.ts';

const JSON_TYPE = 'application/json';
const answer = (url: string, text: string, more: Partial<KeptAnswer> = {}): KeptAnswer => ({
  url,
  accept: JSON_TYPE,
  etag: '"a"',
  lastModified: undefined,
  link: undefined,
  listing: undefined,
  bytes: Buffer.from(text),
  ...more,
});

interface Scene {
  readonly answers: ReturnType<typeof createKeptAnswers>;
  readonly at: (day: string) => void;
  readonly directory: string;
  /** Names of the files that are there. */
  readonly files: () => Promise<readonly string[]>;
}

function withAnswers(work: (scene: Scene) => Promise<void>): Promise<void> {
  return withTempDir(async (root) => {
    let now = '2026-11-10T10:00:00.000Z';
    const directory = join(root, 'kept');
    await work({
      answers: createKeptAnswers({
        disk: createDisk({ root }),
        clock: { now: () => now },
        path: '/kept',
      }),
      at: (day) => (now = `${day}T10:00:00.000Z`),
      directory,
      files: () => readdir(directory),
    });
  });
}

describe('createKeptAnswers', () => {
  it('gives back what was kept, for just this address and this kind of answer', () =>
    withAnswers(async ({ answers }) => {
      expect(await answers.find('https://h/a', JSON_TYPE)).toBeUndefined();
      const kept = answer('https://h/a', '{"ä": 1}', { link: '<x>; rel="next"', listing: 'l' });
      await answers.keep(kept);
      expect(await answers.find('https://h/a', JSON_TYPE)).toMatchObject(kept);
      expect(await answers.find('https://h/b', JSON_TYPE)).toBeUndefined();
      expect(await answers.find('https://h/a', '*/*')).toBeUndefined();
    }));

  it('writes a file only when something in it is another', () =>
    withAnswers(async ({ answers, directory, files }) => {
      const inode = async (): Promise<number> =>
        (await stat(join(directory, (await files())[0] ?? ''))).ino;
      await answers.keep(answer('https://h/a', 'one'));
      const first = await inode();
      await answers.keep(answer('https://h/a', 'one'));
      expect(await inode()).toBe(first);
      for (const other of [{ etag: '"b"' }, { listing: 'l' }, { bytes: Buffer.from('two') }]) {
        await answers.keep(answer('https://h/a', 'one', other));
        expect(await answers.find('https://h/a', JSON_TYPE)).toMatchObject(other);
      }
      expect(await files()).toHaveLength(1);
    }));

  it('believes nothing for longer than a week, nor what comes from the future', () =>
    withAnswers(async ({ answers, at }) => {
      await answers.keep(answer('https://h/a', 'one'));
      at('2026-11-17');
      expect(await answers.find('https://h/a', JSON_TYPE)).toBeDefined();
      at('2026-11-18');
      expect(await answers.find('https://h/a', JSON_TYPE)).toBeUndefined();
      at('2026-11-09');
      expect(await answers.find('https://h/a', JSON_TYPE)).toBeUndefined();
    }));

  it.each([
    ['torn', (text: string) => text.slice(0, -20)],
    ['empty', () => ''],
    ['of another form', () => '{}'],
    ['changed in its text', (text: string) => text.replace('one', 'two')],
    [
      'a trap for headers',
      (text: string) => text.replace(String.raw`\"a\"`, String.raw`a\r\nb: c`),
    ],
    ['too large', (text: string) => text + ' '.repeat(8 * 1024 * 1024)],
  ])('takes a file that is %s for none, and writes a new one', (_what, damage) =>
    withAnswers(async ({ answers, directory, files }) => {
      await answers.keep(answer('https://h/a', 'one'));
      const file = join(directory, (await files())[0] ?? '');
      await writeFile(file, damage(await readFile(file, 'utf8')));
      expect(await answers.find('https://h/a', JSON_TYPE)).toBeUndefined();
      await answers.keep(answer('https://h/a', 'one'));
      expect(await answers.find('https://h/a', JSON_TYPE)).toBeDefined();
    }),
  );

  it('keeps to its bounds, the newest first', () =>
    withAnswers(async ({ answers, directory, files }) => {
      for (let number = 0; number < 40; number += 1) {
        await answers.keep(answer(`https://h/${String(number)}`, 'x'));
      }
      expect(await files()).toHaveLength(32);
      expect(await answers.find('https://h/0', JSON_TYPE)).toBeUndefined();
      expect(await answers.find('https://h/39', JSON_TYPE)).toBeDefined();
      for (let number = 0; number < 12; number += 1) {
        await answers.keep(answer(`https://h/large/${String(number)}`, 'x'.repeat(2_000_000)));
      }
      const sizes = (await files()).map(async (name) => (await stat(join(directory, name))).size);
      const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
      expect(total).toBeLessThanOrEqual(16 * 1024 * 1024);
    }));

  it('keeps what is packed as it is, also beside what is text', () =>
    withAnswers(async ({ answers }) => {
      const bytes = Buffer.from([0x1f, 0x8b, 0xff, 0xfe, 0]);
      await answers.keep(answer('https://h/a.gz', '', { bytes }));
      await answers.keep(answer('https://h/a', '/w=='));
      expect((await answers.find('https://h/a.gz', JSON_TYPE))?.bytes).toEqual(bytes);
      expect((await answers.find('https://h/a', JSON_TYPE))?.bytes).toEqual(Buffer.from('/w=='));
    }));

  it('keeps nothing that is very large, and bears a disk that refuses', () =>
    withAnswers(async ({ answers, directory }) => {
      await answers.keep(answer('https://h/a', 'x'.repeat(6 * 1024 * 1024)));
      await writeFile(directory, 'a file in the place of the directory');
      await answers.keep(answer('https://h/b', 'one'));
      for (const name of ['a', 'b']) {
        expect(await answers.find(`https://h/${name}`, JSON_TYPE)).toBeUndefined();
      }
    }));
});
