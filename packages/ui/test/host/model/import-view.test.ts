/** A release file from its choice to its end: what is shown of it at each moment, and what can be cancelled. */
import { describe, expect, it } from 'vitest';
import type { Status, TransactionId } from '@pikit/protocol';
import { loadPageLanguage } from '../../../src/host/catalogue/load-page-language.ts';
import {
  importView,
  noteSent,
  noteStatus,
  type ImportState,
} from '../../../src/host/model/import-view.ts';
import { aResult, aStatus, aTransaction, ID, NOW, RELEASE } from '../../support/builders.ts';

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

const READY = { version: '1.4.0', manifestSha256: 'a'.repeat(64) } as Status['ready'];

/** What is shown at the end of these statuses, one after the other. */
function viewOf(state: ImportState, ...changes: readonly Partial<Status>[]) {
  const statuses = (changes.length === 0 ? [{}] : changes).map(aStatus);
  const last = statuses.at(-1) ?? aStatus();
  return importView(statuses.reduce(noteStatus, state), last, NOW, language);
}

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
    const view = viewOf(GIVEN, { last_result: aResult({ outcome: 'staged' }), ready: READY });
    expect(view).toMatchObject({
      work: undefined,
      isReady: true,
      notice: { tone: 'good', title: '1.4.0 lies ready on the device' },
    });
  });

  it('is done with it while it is installed and after that, and takes the next file', () => {
    const staged = { last_result: aResult({ outcome: 'staged' }), ready: READY };
    const other = 'another' as TransactionId;
    const installing = { ...staged, transaction: aTransaction({ id: other }) };
    expect(viewOf(GIVEN, staged, installing).work).toBeUndefined();
    const installed = { last_result: aResult({ id: other }), current: RELEASE.version };
    expect(viewOf(GIVEN, staged, installing, installed)).toEqual(viewOf({ kind: 'none' }));
    const failed = { ...staged, last_result: aResult({ id: other, outcome: 'failed' }) };
    expect(viewOf(GIVEN, staged, installing, failed).isReady).toBe(true);
    // A phone that slept sees what came after it alone.
    expect(viewOf(GIVEN, installing, failed).work).toBeUndefined();
  });

  it('waits for an agent that restarts and shows nothing for a moment', () => {
    const last_result = aResult({ id: 'the one before' as TransactionId });
    expect(viewOf(GIVEN, { last_result }).work?.title).toBe(`The device checks ${NAME}`);
  });

  it.each<[string, ImportState, Partial<Status>, RegExp]>([
    [
      'the device before it began',
      { kind: 'refused', name: NAME, problem: { code: 'signature-missing', details: {} } },
      {},
      /not signed/,
    ],
    [
      'a line that broke',
      { kind: 'refused', name: NAME, problem: { code: 'invalid-request', details: {} } },
      {},
      /^The transfer broke off\.$/,
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
