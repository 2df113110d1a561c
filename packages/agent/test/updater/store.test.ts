/** Our own small files: whole ones come back, damaged ones are kept aside and never believed. */
import { DEFAULT_SETTINGS, UpdateError } from '@pikit/protocol';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { encodeRecord } from '../../src/core/record.ts';
import { loseSectorOf } from '../support/bad-sector.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.publish(aRelease('1.1.0'));
});
afterEach(() => bench.close());

const HISTORY = '/var/lib/pikit-update/history.jsonl';
const JOURNAL = '/var/lib/pikit-update/journal.json';

describe('the journal', () => {
  it('comes back as it was saved, and only root may read it', async () => {
    const record = await bench.begin('1.1.0');
    await bench.store.saveJournal(record);
    expect(await bench.store.loadJournal()).toEqual(record);
    expect((await stat(bench.host(JOURNAL))).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['torn', (text: string) => text.slice(0, -40)],
    ['changed', (text: string) => text.replace('preflight', 'probing')],
    ['foreign', () => '{"hello":"world"}'],
    ['empty', () => ''],
    ['of a later format', (text: string) => text.replace('"format": 1', '"format": 2')],
  ])('that is %s is kept aside, and nothing is recovered from it', async (_what, damage) => {
    await bench.store.saveJournal(await bench.begin('1.1.0'));
    await writeFile(bench.host(JOURNAL), damage(await readFile(bench.host(JOURNAL), 'utf8')));
    expect(await bench.store.loadJournal()).toBeUndefined();
    expect(await readdir(bench.host('/var/lib/pikit-update'))).toEqual(['journal.json.damaged']);
    expect(bench.log.lines.join('\n')).toContain('error: ');
  });

  it('is not said to be kept aside where the disk refuses that', async () => {
    await bench.store.saveJournal(await bench.begin('1.1.0'));
    await writeFile(bench.host(JOURNAL), '{"hello":"world"}');
    bench.disk.rename = async () => Promise.reject(new UpdateError('write-failed', 'read-only'));
    await expectCode(bench.store.loadJournal(), 'write-failed');
    expect(bench.log.lines.join('\n')).toContain('it cannot be put aside');
    expect(bench.log.lines.join('\n')).not.toContain('kept as');
  });
});

describe('a file that the medium has lost', () => {
  it('is kept aside where it is the history, and never stops an update', async () => {
    await bench.apply('1.1.0');
    await loseSectorOf(bench.disk, HISTORY);
    await bench.publish(aRelease('1.2.0'));
    const result = await bench.apply('1.2.0');
    expect(result?.outcome).toBe('committed');
    expect(await bench.store.loadHistory(10)).toEqual([result]);
    expect(await readdir(bench.host('/var/lib/pikit-update'))).toContain('history.jsonl.damaged');
  });

  it('is kept aside where it is the snapshot, and a new one is begun', async () => {
    await bench.updater.check();
    await loseSectorOf(bench.disk, '/var/lib/pikit-update/state.json');
    expect(await bench.updater.check()).toMatchObject({ latest: '1.1.0' });
  });

  it('stays where it is the journal: it may only have been refused', async () => {
    await bench.store.saveJournal(await bench.begin('1.1.0'));
    await loseSectorOf(bench.disk, JOURNAL);
    await expectCode(bench.store.loadJournal(), 'write-failed');
    expect(await readdir(bench.host('/var/lib/pikit-update'))).toEqual(['journal.json']);
  });
});

describe('the settings', () => {
  it('check by themselves unless the owner said otherwise', async () => {
    expect(await bench.store.loadSettings()).toEqual(DEFAULT_SETTINGS);
    const chosen = { autoCheck: false, checkAt: '03:00', channel: 'beta', keep: 2 } as const;
    await bench.store.saveSettings(chosen);
    expect(await bench.store.loadSettings()).toEqual(chosen);
  });

  it('are read as an earlier agent left them', async () => {
    await bench.put('/var/lib/pikit-update/settings.json', encodeRecord({ autoCheck: false }));
    expect(await bench.store.loadSettings()).toEqual({ ...DEFAULT_SETTINGS, autoCheck: false });
  });
});

describe('the history', () => {
  it('is newest first, bounded, and has each transaction once', async () => {
    const versions = ['1.1.0', '1.2.0', '1.3.0'];
    for (const version of versions) {
      await bench.publish(aRelease(version));
      await bench.apply(version);
    }
    const entries = await bench.store.loadHistory(10);
    expect(entries.map(({ to }) => to)).toEqual(['1.3.0', '1.2.0', '1.1.0']);
    const [newest] = entries;
    if (newest !== undefined) await bench.store.addToHistory(newest, 2);
    expect(await bench.store.loadHistory(10)).toHaveLength(3);
    await bench.publish(aRelease('1.4.0'));
    const result = await bench.apply('1.4.0');
    if (result !== undefined)
      await bench.store.addToHistory({ ...result, id: entries[0]?.id ?? result.id }, 2);
    expect((await bench.store.loadHistory(10)).map(({ to }) => to)).toEqual([
      '1.4.0',
      '1.3.0',
      '1.2.0',
      '1.1.0',
    ]);
  });

  it('drops the oldest beyond what is kept', async () => {
    const short = await createWorkbench({ limits: { ...bench.policy.limits, history: 2 } });
    for (const version of ['1.1.0', '1.2.0', '1.3.0']) {
      await short.publish(aRelease(version));
      await short.apply(version);
    }
    expect((await short.store.loadHistory(10)).map(({ to }) => to)).toEqual(['1.3.0', '1.2.0']);
    expect(await readdir(short.host('/var/lib/pikit-update/logs'))).toHaveLength(2);
    await short.close();
  });

  it('survives a torn last line, and so does what is added after it', async () => {
    const result = await bench.apply('1.1.0');
    if (result === undefined) throw new Error('it did not end');
    await bench.disk.append(HISTORY, '{"id":"2026');
    expect(await bench.store.loadHistory(10)).toHaveLength(1);
    const id = '20270101T000000Z-0a0b0c' as typeof result.id;
    await bench.store.addToHistory({ ...result, id }, 10);
    expect((await bench.store.loadHistory(10)).map((entry) => entry.id)).toEqual([id, result.id]);
  });

  it('loses a torn line without alarm when it is written anew', async () => {
    const result = await bench.apply('1.1.0');
    if (result === undefined) throw new Error('it did not end');
    await bench.disk.append(HISTORY, '{"id":"2026\n\0\0\0\n');
    bench.log.lines.length = 0;
    const id = '20270101T000000Z-0a0b0c' as typeof result.id;
    await bench.store.addToHistory({ ...result, id }, 1);
    expect(await bench.store.loadHistory(10)).toEqual([{ ...result, id }]);
    expect(await readdir(bench.host('/var/lib/pikit-update'))).not.toContain(
      'history.jsonl.damaged',
    );
    expect(bench.log.lines).toEqual([]);
  });

  it.each([
    ['a line of somebody else', 'hello\n', 10],
    ['a record that is not ours', '{"hello":"world"}\n', 10],
    ['a line of somebody else, when the oldest are dropped', 'hello\n', 1],
  ])('keeps %s aside, and what it can read', async (_what, foreign, keep) => {
    const result = await bench.apply('1.1.0');
    if (result === undefined) throw new Error('it did not end');
    await bench.disk.append(HISTORY, foreign);
    const damaged = await readFile(bench.host(HISTORY), 'utf8');
    expect(await bench.store.loadHistory(10)).toEqual([result]);
    const id = '20270101T000000Z-0a0b0c' as typeof result.id;
    await bench.store.addToHistory({ ...result, id }, keep);
    expect(await bench.store.loadHistory(10)).toEqual([{ ...result, id }, result].slice(0, keep));
    expect(await readFile(bench.host(`${HISTORY}.damaged`), 'utf8')).toBe(damaged);
    expect(bench.log.lines.join('\n')).toContain('error: ');
  });

  it('that is foreign as a whole is kept aside, and a new one begun', async () => {
    await bench.put(HISTORY, 'PK\u0003\u0004 not ours at all\n');
    const result = await bench.apply('1.1.0');
    expect(await bench.store.loadHistory(10)).toEqual([result]);
    expect(await readFile(bench.host(`${HISTORY}.damaged`), 'utf8')).toContain('not ours at all');
    expect(await readFile(bench.host(HISTORY), 'utf8')).not.toContain('not ours at all');
  });

  it('that is larger than any of ours is kept aside, and never stops an update', async () => {
    await bench.put(HISTORY, `${'x'.repeat(1023)}\n`.repeat(4200));
    const result = await bench.apply('1.1.0');
    expect(result?.outcome).toBe('committed');
    expect(await bench.store.loadHistory(10)).toEqual([result]);
    expect(await readdir(bench.host('/var/lib/pikit-update'))).toContain('history.jsonl.damaged');
  });
});

describe('state.json', () => {
  it('has the plan’s fields under the plan’s names, readable for all', async () => {
    await bench.updater.check();
    const path = bench.host('/var/lib/pikit-update/state.json');
    const document: unknown = JSON.parse(await readFile(path, 'utf8'));
    expect(document).toMatchObject({
      latest: '1.1.0',
      current: null,
      last_check: expect.any(String),
      last_result: null,
      progress: null,
      backup_path: null,
    });
    expect((await stat(path)).mode & 0o777).toBe(0o644);
  });
});
