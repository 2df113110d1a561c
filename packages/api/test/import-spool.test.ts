/** One file at a time, whole or not at all, and never more than there is room for. */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../test/support/temp-dir.ts';
import { createImportSpool } from '../src/import-spool.ts';
import { createRecordingLog, type RecordingLog } from './support/recording-log.ts';

let directory: TempDir;
let file: string;
let log: RecordingLog;
beforeEach(async () => {
  log = createRecordingLog();
  directory = await makeTempDir();
  file = join(directory.path, 'import.tar');
});
afterEach(() => directory.remove());

const spoolOf = (patch: Partial<Parameters<typeof createImportSpool>[0]> = {}) =>
  createImportSpool({ file, maxBytes: 1000, stallMs: 5000, log, ...patch });

const bodyOf = (text: string): ReadableStream<Uint8Array> => new Blob([text]).stream();
const left = () => readdir(directory.path);

describe('createImportSpool', () => {
  it('lays the file down where it is looked for, for its own user alone', async () => {
    const place = spoolOf().take();
    await place.receive(bodyOf('a release'), 9);
    expect(await readFile(file, 'utf8')).toBe('a release');
    expect(await left()).toEqual(['import.tar']);
    await place.release();
    expect(await left()).toEqual([]);
  });

  it('takes one at a time, and the next when that is done with', async () => {
    const spool = spoolOf();
    const place = spool.take();
    await expectCode(() => spool.take(), 'busy');
    await place.release();
    await spool.take().release();
  });

  it('says beforehand what it would refuse', async () => {
    const spool = spoolOf({ freeBytes: async () => 16 * 1024 * 1024 + 8 });
    await spool.assertRoom(8);
    await expectCode(spool.assertRoom(9), 'no-space');
    await expectCode(spool.assertRoom(1001), 'too-large');
    const place = spool.take();
    await expectCode(spool.assertRoom(8), 'busy');
    await place.release();
  });

  it('refuses what is too large before it reads any of it', async () => {
    let isRead = false;
    const body = new ReadableStream<Uint8Array>(
      {
        pull() {
          isRead = true;
        },
      },
      { highWaterMark: 0 },
    );
    const error = await expectCode(spoolOf().take().receive(body, 1001), 'too-large');
    expect(error.details).toEqual({ limit: 1000 });
    expect(isRead).toBe(false);
    expect(await left()).toEqual([]);
  });

  it('refuses what would fill the card, and says how much there is', async () => {
    const place = spoolOf({ freeBytes: async () => 16 * 1024 * 1024 + 8 }).take();
    const error = await expectCode(place.receive(bodyOf('a release'), 9), 'no-space');
    expect(error.details).toMatchObject({ mount: directory.path, free: 16_777_224 });
    await place.receive(bodyOf('released'), 8);
  });

  it.each([
    ['more', 'a release and more'],
    ['less', 'a rel'],
  ])('leaves nothing of what is %s than it said', async (_what, text) => {
    const place = spoolOf().take();
    await expectCode(place.receive(bodyOf(text), 9), 'invalid-request');
    await place.release();
    expect(await left()).toEqual([]);
  });

  it('leaves nothing of what breaks off or stands still', async () => {
    const broken = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Buffer.from('a rel'));
        controller.error(new Error('aborted'));
      },
    });
    const still = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from('a rel')),
    });
    for (const body of [broken, still]) {
      const place = spoolOf({ stallMs: 50 }).take();
      await expectCode(place.receive(body, 9), 'invalid-request');
      await place.release();
      expect(await left()).toEqual([]);
    }
  });

  it('tells a disk that refuses', async () => {
    const place = spoolOf({
      file: join(directory.path, 'not-there/import.tar'),
      freeBytes: async () => 1e9,
    }).take();
    await expectCode(place.receive(bodyOf('a release'), 9), 'write-failed');
  });

  it('asks for little more than the disk has taken', async () => {
    const piece = 65_536;
    let pulled = 0;
    let ahead = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const written = pulled === 0 ? 0 : (await stat(`${file}.part`)).size;
          ahead = Math.max(ahead, pulled * piece - written);
          pulled += 1;
          controller.enqueue(new Uint8Array(piece));
          if (pulled === 100) controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    await spoolOf({ maxBytes: 1e9 })
      .take()
      .receive(body, 100 * piece);
    expect(pulled).toBe(100);
    expect(ahead).toBeLessThanOrEqual(2 * piece);
  });

  it('clears what an earlier process has left, and nothing else', async () => {
    for (const name of ['import.tar', 'import.tar.part', 'tokens.json']) {
      await writeFile(join(directory.path, name), 'x');
    }
    await spoolOf().clear();
    expect(await left()).toEqual(['tokens.json']);
    await mkdir(join(directory.path, 'empty'));
    await spoolOf({ file: join(directory.path, 'empty/import.tar') }).clear();
  });

  it('says what it cannot remove, goes on all the same, and takes the next one', async () => {
    // Like a card that became read-only, and unlike it also for root.
    await mkdir(join(file, 'in-the-way'), { recursive: true });
    const spool = spoolOf();
    await spool.clear();
    await spool.take().release();
    await spool.take().release();
    expect(log.lines[0]).toContain(`<3>${file} cannot be removed`);
  });
});
