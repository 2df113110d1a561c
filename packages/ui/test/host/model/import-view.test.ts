/** A release file from its choice to its end: what is shown of it at each moment, and what can be cancelled. */
import { describe, expect, it } from 'vitest';
import type { Status } from '@pikit/protocol';
import { loadPageLanguage } from '../../../src/host/catalogue/load-page-language.ts';
import { importView, noteSent, type ImportState } from '../../../src/host/model/import-view.ts';
import { aResult, aStatus, aTransaction, ID, NOW } from '../../support/builders.ts';

const language = await loadPageLanguage('en');
const NAME = 'pikit-1.4.0.tar';
const GIVEN: ImportState = { kind: 'given', name: NAME, transaction: ID };
const SENDING = {
  kind: 'sending',
  name: NAME,
  done: 0,
  total: 40_000_000,
  pace: undefined,
} as const;

const viewOf = (state: ImportState, status: Partial<Status> = {}) =>
  importView(state, aStatus(status), NOW, language);

describe('importView', () => {
  it('says nothing before a file was chosen', () => {
    expect(viewOf({ kind: 'none' })).toEqual({
      work: undefined,
      notice: undefined,
      isReady: false,
      cancels: undefined,
    });
  });

  it('tells how much has gone, and soon how fast and how long still', () => {
    let state: ImportState = SENDING;
    for (const second of [0, 1, 2, 3, 4]) {
      state = noteSent(state, 4_000_000 + second * 2_000_000, NOW - (4 - second) * 1000);
    }
    expect(viewOf(state)).toMatchObject({
      work: {
        title: `${NAME} is on its way to the device`,
        amount: '12 MB of 40 MB · 2 MB/s · 15 sec left',
        percent: 30,
      },
      cancels: 'transfer',
    });
  });

  it('never shows more than all, also of an empty file', () => {
    // The transfer has headers of its own.
    expect(viewOf(noteSent(SENDING, 40_000_500, NOW)).work?.percent).toBe(100);
    expect(viewOf({ ...SENDING, total: 0 }).work?.percent).toBe(0);
  });

  it('shows that the device checks, and ends that where the device can', () => {
    const transaction = aTransaction({ phase: 'verifying', stageOnly: true });
    expect(viewOf(GIVEN, { transaction })).toMatchObject({
      work: { title: `The device checks ${NAME}`, amount: 'Checking every file…' },
      cancels: ID,
    });
    expect(viewOf(GIVEN)).toMatchObject({ work: { amount: '' }, cancels: undefined });
  });

  it('counts what the device unpacks', () => {
    const progress = {
      phase: 'staging',
      bytesDone: 1_000_000,
      bytesTotal: 4_000_000,
      filesDone: 0,
      filesTotal: 0,
    } as const;
    const view = viewOf(GIVEN, { transaction: aTransaction(), progress });
    expect(view.work?.amount).toBe('1 MB of 4 MB');
  });

  it('says where the release is, and leads there', () => {
    const view = viewOf(GIVEN, { last_result: aResult({ outcome: 'staged' }) });
    expect(view).toMatchObject({
      work: undefined,
      isReady: true,
      notice: { tone: 'good', title: '1.4.0 lies ready on the device' },
    });
  });

  it.each<[string, ImportState, Partial<Status>, RegExp]>([
    [
      'the device before it began',
      { kind: 'refused', name: NAME, problem: { code: 'signature-missing', details: {} } },
      {},
      /not signed/,
    ],
    [
      'the device while it checked',
      GIVEN,
      {
        last_result: aResult({ outcome: 'failed', error: { code: 'no-space', details: {} } }),
      },
      /space/,
    ],
    ['a person', GIVEN, { last_result: aResult({ outcome: 'cancelled' }) }, /cancel/i],
  ])('says why it was refused by %s', (_, state, status, why) => {
    const { notice, isReady } = viewOf(state, status);
    expect(isReady).toBe(false);
    expect(notice).toMatchObject({ tone: 'bad', title: `${NAME} was not taken` });
    expect(notice?.happened).toMatch(why);
  });

  it('says that nothing has arrived when the transfer was cancelled', () => {
    expect(viewOf({ kind: 'stopped' }).notice?.title).toBe('The transfer was cancelled');
    expect(noteSent({ kind: 'stopped' }, 5, NOW)).toEqual({ kind: 'stopped' });
  });
});
