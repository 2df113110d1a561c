/** One at a time, and no dead end: whatever goes wrong with the bookkeeping, the next one can begin. */
import { UpdateError, type Status } from '@pikit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import type { JournalRecord } from '../../src/core/journal-record.ts';
import { JOURNAL_FILE } from '../../src/core/layout.ts';
import { createExclusive } from '../../src/updater/exclusive.ts';
import { aRelease, createWorkbench, TARGETS, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.publish(aRelease('1.1.0'));
});
afterEach(() => bench.close());

const refuse = async () => Promise.reject(new UpdateError('no-space', 'full'));

describe('start', () => {
  it('gives the lock back when the beginning refuses', async () => {
    await expectCode(bench.exclusive.start('first', refuse), 'no-space');
    await expectCode(bench.exclusive.start('second', refuse), 'no-space');
  });

  it('lets the next one begin as soon as the end is published', async () => {
    const ended = new Promise<Status>((resolve) => {
      bench.board.subscribe((status) => {
        if (status.transaction === null && status.last_result !== null) resolve(status);
      });
    });
    await bench.updater.apply(await bench.wanted('1.1.0'), 'admin');
    await ended;
    await expectCode(bench.updater.rollback('admin'), 'nothing-to-roll-back');
  });

  it('has said that it runs before it answers that it has begun', async () => {
    let shown: Status['transaction'] | undefined;
    bench.board.subscribe(({ transaction }) => (shown ??= transaction));
    const id = await bench.exclusive.start('a try', () => bench.begin('1.1.0'));
    expect(shown).toMatchObject({ id });
    await bench.exclusive.settled();
  });

  it('keeps the journal, and the agent, when the bookkeeping fails', async () => {
    const { store, log } = bench;
    const exclusive = createExclusive({ ...bench, runner: { run: refuse } });
    const id = await exclusive.start('a try', () => bench.begin('1.1.0'));
    expect(await exclusive.settled()).toBeUndefined();
    expect(exclusive.isRunning()).toBe(false);
    expect(log.lines.join('\n')).toContain('could not go on');
    expect(await store.loadJournal()).toMatchObject({ id, phase: 'preflight' });
  });

  it('goes on from the journal, under the lock, when the bookkeeping fails for a while', async () => {
    const { disk, lock, store } = bench;
    const write = disk.write.bind(disk);
    let refusals = 3;
    disk.write = async (path, content, mode) => {
      const isIt = path === JOURNAL_FILE && String(content).includes('"phase": "restarting"');
      if (isIt && (refusals -= 1) >= 0) throw new UpdateError('no-space', 'full');
      return write(path, content, mode);
    };
    const waits: unknown[] = [];
    const sleep = async (ms: number) => {
      waits.push([ms, (await lock.holder())?.what]);
    };
    const exclusive = createExclusive({ ...bench, clock: { sleep }, retryDelaysMs: [1, 2, 3, 4] });
    const id = await exclusive.start('a try', () => bench.begin('1.1.0'));
    expect(await exclusive.settled()).toMatchObject({ id, outcome: 'committed' });
    expect(waits).toEqual([
      [1, 'a try'],
      [2, 'a try'],
      [3, 'a try'],
    ]);
    expect(await lock.holder()).toBeUndefined();
    expect(await store.loadJournal()).toBeUndefined();
  });

  it('tells why it failed when it goes on only to give up', async () => {
    const { disk } = bench;
    const write = disk.write.bind(disk);
    let refusals = 1;
    disk.write = async (path, content, mode) => {
      const isIt = path === JOURNAL_FILE && String(content).includes('"phase": "staging"');
      if (isIt && (refusals -= 1) >= 0) throw new UpdateError('no-space', 'full');
      return write(path, content, mode);
    };
    const exclusive = createExclusive({ ...bench, retryDelaysMs: [0] });
    await exclusive.start('a try', () => bench.begin('1.1.0'));
    const end = { outcome: 'failed', error: { code: 'no-space', details: {} } };
    expect(await exclusive.settled()).toMatchObject(end);
  });

  it('finds the end in the history when only removing the journal was reported as failed', async () => {
    const { disk } = bench;
    const remove = disk.remove.bind(disk);
    disk.remove = async (path) => {
      await remove(path);
      if (path === JOURNAL_FILE) throw new UpdateError('write-failed', 'not synced');
    };
    const exclusive = createExclusive({ ...bench, retryDelaysMs: [1] });
    const id = await exclusive.start('a try', () => bench.begin('1.1.0'));
    expect(await exclusive.settled()).toMatchObject({ id, outcome: 'committed' });
  });

  it('publishes the end even when the lock cannot be given back', async () => {
    const lock = { ...bench.lock, acquire: async () => ({ release: refuse }) };
    const exclusive = createExclusive({ ...bench, lock });
    const id = await exclusive.start('a try', () => bench.begin('1.1.0'));
    await exclusive.settled();
    expect((await bench.store.loadState())?.status.last_result?.id).toBe(id);
  });
});

describe('start, of what is refused', () => {
  it('leaves nothing of it behind', async () => {
    await expectCode(
      bench.exclusive.start('a try', async () => {
        await bench.begin('1.1.0');
        throw new UpdateError('no-space', 'full');
      }),
      'no-space',
    );
    expect(await bench.leftovers.find()).toEqual([]);
  });

  it('leaves no journal that the next start would carry out, though writing it arrived', async () => {
    const { disk } = bench;
    const write = disk.write.bind(disk);
    disk.write = async (path, content, mode) => {
      await write(path, content, mode);
      if (path === JOURNAL_FILE) throw new UpdateError('write-failed', 'not synced');
    };
    await expectCode(bench.apply('1.1.0'), 'write-failed');
    expect(await bench.store.loadJournal()).toBeUndefined();
    expect(await bench.leftovers.find()).toEqual([]);
  });
});

describe('recover', () => {
  it('removes what was cut off before there was a journal', async () => {
    await bench.begin('1.1.0');
    await bench.put('/var/lib/pikit-update/.journal.json.pikit-0a1b2c', 'torn');
    await bench.exclusive.recover();
    expect(await bench.disk.list('/var/lib/pikit')).toEqual([]);
    expect(await bench.disk.list('/var/lib/pikit-update')).toEqual([]);
    expect(await bench.lock.holder()).toBeUndefined();
  });

  it('leaves it where it is while another process works, and fails for nobody', async () => {
    const held = await bench.lock.acquire('the other');
    await bench.begin('1.1.0');
    await bench.exclusive.recover();
    expect(await bench.leftovers.find()).toEqual(['/var/lib/pikit/staging']);
    await held.release();
  });

  it('lets a transaction begin that was asked for while it tidied up', async () => {
    await bench.begin('1.1.0');
    const recovering = bench.exclusive.recover();
    const applied = bench.apply('1.1.0');
    await recovering;
    expect(await applied).toMatchObject({ outcome: 'committed' });
  });

  it('makes durable what an earlier process left, and believes nothing when that failed', async () => {
    await bench.store.saveJournal(await bench.begin('1.1.0'));
    const tries: unknown[] = [];
    const settle = async ({ targets }: Pick<JournalRecord, 'targets'>) => {
      tries.push(targets);
      throw new UpdateError('write-failed', 'the disk is broken');
    };
    const exclusive = createExclusive({ ...bench, settle });
    await expectCode(exclusive.recover(), 'write-failed');
    await expectCode(exclusive.recover(), 'write-failed');
    expect(tries).toEqual([TARGETS]);
    expect(await bench.store.loadJournal()).toBeDefined();
    await createExclusive(bench).recover();
    expect(await bench.store.loadJournal()).toBeUndefined();
  });

  it('does nothing where nothing is unfinished', async () => {
    await bench.exclusive.recover();
    expect(await bench.store.loadState()).toBeUndefined();
  });

  it('does not run again what another process ended while this one waited for the lock', async () => {
    await bench.store.saveJournal(await bench.begin('1.1.0'));
    const lock = {
      ...bench.lock,
      acquire: async (what: string) => {
        await bench.store.clearJournal();
        return bench.lock.acquire(what);
      },
    };
    const exclusive = createExclusive({ ...bench, lock });
    await expectCode(exclusive.recover(), 'busy');
    expect(await bench.store.loadHistory(1)).toEqual([]);
    await exclusive.recover();
  });

  it('says so when the unfinished one cannot be ended, so that no other overwrites its journal', async () => {
    const record = await bench.begin('1.1.0');
    await bench.store.saveJournal(record);
    bench.disk.appendDurably = async () => Promise.reject(new UpdateError('no-space', 'full'));
    const error = await expectCode(bench.exclusive.recover(), 'state-damaged');
    expect(error.details).toEqual({ file: JOURNAL_FILE });
    await expectCode(bench.apply('1.1.0'), 'state-damaged');
    expect(await bench.store.loadJournal()).toMatchObject({ id: record.id });
  });
});
