/** The snapshot and who hears of it: revisions count up, progress is bounded, the last one always comes. */
import { UpdateError, type Status } from '@pikit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { waitFor } from '../../../../test/support/wait-for.ts';
import { createClock } from '../../src/adapters/clock-system.ts';
import { createStatusBoard } from '../../src/updater/status-board.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

function aBoard() {
  const { disk, store, policy, services } = bench;
  const needs = { disk, store, policy, services, clock: createClock(), boot: 'b' };
  const board = createStatusBoard(needs);
  const seen: Status[] = [];
  board.subscribe((status) => seen.push(status));
  return { board, seen };
}

const progress = (bytesDone: number) =>
  ({ phase: 'staging', bytesDone, bytesTotal: 1000, filesDone: 0, filesTotal: 0 }) as const;

describe('progress', () => {
  it('is sent at most four times a second, and the last one always', async () => {
    const { board, seen } = aBoard();
    for (let bytes = 1; bytes <= 1000; bytes += 1) board.progress(progress(bytes));
    await waitFor('the last progress', () => seen.at(-1)?.progress?.bytesDone === 1000);
    expect(seen.length).toBeLessThan(4);
  });

  it('is not written to the disk', async () => {
    const { board, seen } = aBoard();
    board.progress(progress(5));
    await waitFor('the progress', () => seen.length > 0);
    expect(await bench.store.loadState()).toBeUndefined();
  });
});

describe('publish', () => {
  it('counts the revision up and keeps the boot', async () => {
    const { board, seen } = aBoard();
    await board.publish();
    await board.publish();
    expect(seen.map(({ boot, revision }) => [boot, revision])).toEqual([
      ['b', 1],
      ['b', 2],
    ]);
  });

  it('stops telling who has left', async () => {
    const { board } = aBoard();
    const late: Status[] = [];
    const stop = board.subscribe((status) => late.push(status));
    stop();
    await board.publish();
    expect(late).toEqual([]);
  });
});

describe('beginCheck', () => {
  it('does not go on saying that it checks when it could not begin', async () => {
    const { board, disk } = bench;
    const list = disk.list.bind(disk);
    disk.list = async () => Promise.reject(new UpdateError('write-failed', 'too many open files'));
    await expectCode(board.beginCheck(), 'write-failed');
    disk.list = list;
    expect((await board.snapshot()).checking).toBe(false);
  });
});

describe('snapshot', () => {
  it('knows the version of an installation that was never updated', async () => {
    await bench.put('/etc/pikit/version', '1.0.0\n');
    expect((await bench.board.snapshot()).current).toBe('1.0.0');
  });

  it('sees what another process did beside it', async () => {
    await bench.publish(aRelease('1.1.0'));
    const { board } = aBoard();
    await bench.apply('1.1.0');
    expect(await board.snapshot()).toMatchObject({
      current: '1.1.0',
      last_result: { to: '1.1.0' },
    });
  });
});
