/** A running transaction as the modal shows it. */
import { describe, expect, it } from 'vitest';
import type { Phase, Progress, Status } from '@pikit/protocol';
import { loadLanguage } from '../../src/catalogue/load-language.ts';
import type { Situation } from '../../src/model/situation.ts';
import { shownOf } from '../support/shown.ts';
import { aSituation, aStatus, aTransaction, NOW } from '../support/builders.ts';

const language = await loadLanguage('en');
const progressOf = (phase: Phase, change: Partial<Progress>): Progress => ({
  phase,
  bytesDone: 0,
  bytesTotal: 0,
  filesDone: 0,
  filesTotal: 0,
  ...change,
});
const view = (status: Partial<Status>, change: Partial<Situation> = {}) =>
  shownOf(aSituation({ status: aStatus(status), ...change }), NOW, language).modal.work;

describe('workView', () => {
  it('is nothing when nothing runs', () => {
    expect(view({})).toBeUndefined();
  });

  it('marks the phases before, at and after the present one', () => {
    const phases = view({ transaction: aTransaction({ phase: 'verifying' }) })?.phases ?? [];
    expect(phases.slice(0, 4).map(({ phase, state }) => [phase, state])).toEqual([
      ['preflight', 'done'],
      ['staging', 'done'],
      ['verifying', 'current'],
      ['activating', 'todo'],
    ]);
    expect(phases.some(({ phase }) => phase === 'rolling-back')).toBe(false);
  });

  it('shows the way back alone after a failure', () => {
    const work = view({ transaction: aTransaction({ phase: 'rolling-back' }) });
    expect(work?.title).toBe('Going back to 1.3.0');
    expect(work?.hint).toContain('is being brought back');
    expect(work?.phases.map(({ phase, state }) => [phase, state])).toEqual([
      ['rolling-back', 'current'],
      ['cleaning-up', 'todo'],
    ]);
  });

  it.each([
    ['apply', 'Updating to 1.4.0', 'Cancel update'],
    ['repair', 'Repairing 1.4.0', 'Cancel repair'],
  ] as const)('calls a running %s by its name', (kind, title, cancelLabel) => {
    expect(view({ transaction: aTransaction({ kind }) })).toMatchObject({ title, cancelLabel });
  });

  it('shows no download for a roll-back', () => {
    const transaction = aTransaction({ kind: 'rollback', phase: 'activating' });
    const phases = view({ transaction })?.phases.map(({ phase }) => phase);
    expect(phases).toEqual(['activating', 'restarting', 'probing', 'committing', 'cleaning-up']);
  });

  it.each([
    ['bytes', progressOf('staging', { bytesDone: 1e6, bytesTotal: 2e6 }), '1 MB of 2 MB'],
    ['files', progressOf('staging', { filesDone: 3, filesTotal: 40 }), 'Files: 3 of 40'],
    ['nothing', progressOf('staging', {}), undefined],
    ['nothing of another phase', progressOf('preflight', { filesTotal: 9 }), undefined],
  ])('counts %s', (_, progress, amount) => {
    expect(view({ transaction: aTransaction(), progress })?.amount).toBe(amount);
  });

  it('tells speed and remaining time as soon as they are known', () => {
    const marks = [0, 4].map((second) => ({
      at: NOW - 4000 + second * 1000,
      bytes: second * 25e4,
    }));
    const progress = progressOf('staging', { bytesDone: 1e6, bytesTotal: 1e7 });
    const status = { transaction: aTransaction(), progress };
    const work = view(status, { pace: { of: '', marks } });
    expect(work?.amount).toBe('1 MB of 10 MB · 250 kB/s · 40 sec left');
  });

  it('is a download where it ends before the switch', () => {
    const work = view({ transaction: aTransaction({ stageOnly: true }) });
    expect(work).toMatchObject({ title: 'Downloading 1.4.0', cancelLabel: 'Cancel download' });
    expect(work?.phases.map(({ phase }) => phase)).toEqual([
      'preflight',
      'staging',
      'verifying',
      'cleaning-up',
    ]);
  });

  it('counts the time on the device’s clock', () => {
    const hour = 3_600_000;
    const startedAt = new Date(NOW + hour - 84_000).toISOString();
    const status = aStatus({ transaction: aTransaction({ startedAt }) });
    const ahead = shownOf(aSituation({ status, aheadMs: hour }), NOW, language).modal.work;
    expect(ahead?.elapsed).toBe('1 min 24 sec so far');
  });

  it('says how long the line has been down, and that the work goes on', () => {
    const link = { kind: 'reconnecting', since: NOW - 14_000 } as const;
    const hint = view({ transaction: aTransaction() }, { link })?.hint;
    expect(hint).toContain('No connection for 14 sec.');
    expect(hint).toContain('the work goes on');
  });

  it('says how long the updater has been away, and that it goes on', () => {
    const away = { agent: 'away', awaySince: NOW - 9000 } as const;
    const hint = view({ transaction: aTransaction() }, away)?.hint;
    expect(hint).toBe(
      'The updater has not answered for 9 sec. That is expected while it restarts; then it goes on.',
    );
  });
});
