/** What is ours is known by where it leads or by its content, and one file of somebody else makes a directory theirs. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isCopyOfOurs, whoseDirectory } from '../../src/steps/ours.ts';
import { loseSectorOf } from '../support/bad-sector.ts';
import { createWorkbench, type Workbench } from '../support/workbench.ts';

const DIRECTORY = '/etc/app';
const AT = `${DIRECTORY}/deep/job`;

let bench: Workbench;
let known: ReadonlyMap<
  string,
  ReadonlySet<Awaited<ReturnType<Workbench['disk']['hash']>>['sha256']>
>;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.put(AT, 'ours');
  known = new Map([[AT, new Set([(await bench.disk.hash(AT)).sha256])]]);
});
afterEach(() => bench.close());

const whose = () => whoseDirectory(bench.disk, DIRECTORY, known);

describe('isCopyOfOurs', () => {
  it('says so of just this content under just this name', async () => {
    expect(await isCopyOfOurs(bench.disk, AT, known)).toBe(true);
    expect(await isCopyOfOurs(bench.disk, AT, new Map())).toBe(false);
    await bench.put(AT, 'edited');
    expect(await isCopyOfOurs(bench.disk, AT, known)).toBe(false);
  });

  it('does not say so of what is no file, or cannot be read', async () => {
    await loseSectorOf(bench.disk, AT);
    expect(await isCopyOfOurs(bench.disk, AT, known)).toBe(false);
    await bench.disk.remove(AT);
    expect(await isCopyOfOurs(bench.disk, AT, known)).toBe(false);
    await bench.disk.pointSymlink(AT, '/etc/app/other');
    expect(await isCopyOfOurs(bench.disk, AT, known)).toBe(false);
  });
});

describe('whoseDirectory', () => {
  it('is ours as long as all in it is', async () => {
    expect(await whose()).toBe('ours');
    await bench.disk.pointSymlink(`${DIRECTORY}/tool`, '/var/lib/pikit/current/bin/tool');
    expect(await whose()).toBe('ours');
    await bench.put(`${DIRECTORY}/deep/mine`, 'mine');
    expect(await whose()).toBe('foreign');
  });

  it('is ours with a copy that was cut off while it was written', async () => {
    await bench.put(`${DIRECTORY}/deep/.job.pikit-c0ffee`, 'ou');
    expect(await whose()).toBe('ours');
    await bench.put(`${DIRECTORY}/deep/.other.pikit-c0ffee`, 'somebody’s');
    expect(await whose()).toBe('foreign');
  });

  it('is ours with what a release tree has by now', async () => {
    const mine = `${DIRECTORY}/deep/mine`;
    await bench.put(mine, 'mine');
    expect(await whoseDirectory(bench.disk, DIRECTORY, known, new Set([mine]))).toBe('ours');
  });

  it('is nobody’s without a file', async () => {
    await bench.disk.remove(AT);
    expect(await whose()).toBe('nothing');
  });
});
