/** The log of a transaction: kept in order, heard live, bounded, and never the reason for a failure. */
import { TransactionIdSchema } from '@pikit/protocol';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logPath } from '../../src/core/layout.ts';
import { createTransactionLogs } from '../../src/updater/transaction-log.ts';
import { createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

const ID = v.parse(TransactionIdSchema, '20260102T042000Z-0a0b0c');
const OLDER = v.parse(TransactionIdSchema, '20260101T042000Z-0a0b0c');

describe('open', () => {
  it('keeps lines in order and tells who listens', async () => {
    const heard: string[] = [];
    bench.logs.subscribe((_id, line) => heard.push(line.message));
    const log = bench.logs.open(ID);
    log.info('one');
    log.warning('two');
    log.error('three');
    const lines = await bench.logs.read(ID);
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ['info', 'one'],
      ['warning', 'two'],
      ['error', 'three'],
    ]);
    expect(heard).toEqual(['one', 'two', 'three']);
  });

  it('goes on when the disk refuses', async () => {
    const { log, clock, disk } = bench;
    const refusing = { ...disk, append: async () => Promise.reject(new Error('full')) };
    const logs = createTransactionLogs({ disk: refusing, clock, log });
    logs.open(ID).info('lost');
    expect(await logs.read(ID)).toEqual([]);
    expect(log.lines.join('\n')).toContain('a log line was not kept');
  });
});

describe('read', () => {
  it('gives the newest 500 lines and skips a torn one', async () => {
    const log = bench.logs.open(ID);
    for (let line = 0; line < 510; line += 1) log.info(String(line));
    await bench.logs.read(ID);
    await bench.disk.append(logPath(ID), '{"at":');
    const lines = await bench.logs.read(ID);
    expect(lines).toHaveLength(500);
    expect(lines.at(-1)?.message).toBe('509');
  });

  it('loses nothing that comes after a torn line', async () => {
    await bench.put(logPath(ID), '{"at":"2026');
    bench.logs.open(ID).info('after it');
    expect((await bench.logs.read(ID)).map(({ message }) => message)).toEqual(['after it']);
  });

  it('keeps to 120 KB of JSON, however many bytes a character takes, and to the newest', async () => {
    const log = bench.logs.open(ID);
    for (let line = 0; line < 200; line += 1) log.info(`${String(line)} ${'€'.repeat(290)}`);
    const lines = await bench.logs.read(ID);
    const bytes = Buffer.byteLength(JSON.stringify(lines));
    expect(bytes).toBeLessThanOrEqual(120 * 1024);
    expect(bytes).toBeGreaterThan(118 * 1024);
    expect(lines.at(-1)?.message).toMatch(/^199 /);
  });

  it('gives the newest lines of a log that has grown too long to be read whole', async () => {
    const line = { at: '2026-01-02T04:20:00.000Z', level: 'info', message: 'x'.repeat(290) };
    await bench.put(logPath(ID), `${JSON.stringify(line)}\n`.repeat(5000));
    bench.logs.open(ID).info('the last');
    const lines = await bench.logs.read(ID);
    expect(lines.length).toBeGreaterThan(300);
    expect(lines.at(-1)?.message).toBe('the last');
  });

  it('of an unknown transaction is empty', async () => {
    expect(await bench.logs.read(ID)).toEqual([]);
  });
});

describe('latest and prune', () => {
  it('know the newest, and keep as many as they are told', async () => {
    bench.logs.open(ID).info('new');
    bench.logs.open(OLDER).info('old');
    await bench.logs.read(ID);
    expect(await bench.logs.latest()).toBe(ID);
    await bench.logs.prune(1);
    expect(await bench.logs.read(OLDER)).toEqual([]);
    expect(await bench.logs.latest()).toBe(ID);
  });
});
