/** The history: what is found by each filter, how much of it is shown, and what is told of each entry. */
import { describe, expect, it } from 'vitest';
import { OUTCOMES, type TransactionId, type TransactionResult } from '@pikit/protocol';
import { loadPageLanguage } from '../../../src/host/catalogue/load-page-language.ts';
import { FILTERS, historyView, type Filter } from '../../../src/host/model/history-view.ts';
import { aResult } from '../../support/builders.ts';

const language = await loadPageLanguage('en');
const view = (all: readonly TransactionResult[], filter: Filter = 'all', most = 20) =>
  historyView(all, filter, most, language);
const titleOf = (change: Partial<TransactionResult>) => view([aResult(change)]).entries[0]?.title;

const KINDS = ['apply', 'rollback', 'repair'] as const;
const EVERY = KINDS.flatMap((kind) => OUTCOMES.map((outcome) => aResult({ kind, outcome })));

describe('historyView', () => {
  it.each([
    ['all', 18],
    ['apply', 6],
    ['rollback', 6],
    ['repair', 6],
    ['failures', 9],
  ] as const)('finds by %s what it is for', (filter, count) => {
    expect(view(EVERY, filter).entries.length).toBe(count);
  });

  it('shows a portion, and says of how much', () => {
    const many = Array.from({ length: 57 }, (_, index) =>
      aResult({ id: `20261123T115800Z-${String(100_000 + index)}` as TransactionId }),
    );
    expect(view(many)).toMatchObject({ shown: '20 of 57', hasMore: true });
    expect(view(many, 'all', 60)).toMatchObject({ shown: '57 of 57', hasMore: false });
    expect(view(many).entries.map(({ id }) => id)).toEqual(many.slice(0, 20).map(({ id }) => id));
  });

  it('tells a history that is empty from a filter that finds nothing', () => {
    expect(view([]).empty).toBe('Nothing has been installed yet.');
    expect(view([aResult()], 'repair').empty).toBe('There is nothing of this kind.');
    for (const filter of FILTERS) expect(view(EVERY, filter).empty).toBeUndefined();
  });

  it.each<[Partial<TransactionResult>, string]>([
    [{}, 'Installed 1.4.0'],
    [{ outcome: 'rolled-back' }, '1.4.0 undone, 1.3.0 kept'],
    [{ outcome: 'failed' }, '1.4.0 failed, 1.3.0 kept'],
    [{ outcome: 'staged' }, 'Downloaded 1.4.0'],
    [{ outcome: 'staged', imported: true }, 'Took 1.4.0 from a file'],
    [{ outcome: 'cancelled' }, '1.4.0 cancelled, 1.3.0 kept'],
    [{ outcome: 'broken' }, '1.4.0 failed and could not be undone'],
    [{ kind: 'rollback' }, 'Rolled back to 1.4.0'],
    [{ kind: 'rollback', outcome: 'failed' }, '1.4.0 failed, 1.3.0 kept'],
    [
      { kind: 'rollback', outcome: 'failed', to: 'preexisting' },
      'The earlier dashboard failed, 1.3.0 kept',
    ],
    [{ kind: 'repair' }, '1.4.0 is repaired'],
    [{ kind: 'repair', outcome: 'failed' }, 'The repair failed'],
    [{ from: 'preexisting', outcome: 'failed' }, '1.4.0 failed, the earlier dashboard kept'],
  ])('calls %j: %s', (change, title) => {
    expect(titleOf(change)).toBe(title);
  });

  it('leaves no fact open in any title', () => {
    for (const { title } of view(EVERY).entries) expect(title).toMatch(/^[^{}]+$/);
  });

  it('tells of one what happened, how long it took, who asked, and what it cost', () => {
    const [entry] = view([
      aResult({
        outcome: 'rolled-back',
        error: { code: 'probe-failed', details: {} },
        by: 'admin',
        bytesFetched: 2_800_000,
        changed: { added: 1, changed: 2, removed: 3 },
      }),
    ]).entries;
    expect(entry?.line).toBe('Nov 23, 2026, 11:59 · 2 min 0 sec');
    expect(entry?.tone).toBe('bad');
    expect(entry?.error?.whatToDo).toMatch(/\.$/);
    expect(entry?.facts.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'Before: 1.3.0',
      'Target: 1.4.0',
      'Began: Nov 23, 2026, 11:57',
      'Ended: Nov 23, 2026, 11:59',
      'Took: 2 min 0 sec',
      'Asked for by: The command line',
      'Downloaded: 2.8 MB',
      'Files: 2 changed, 1 new, 3 removed',
    ]);
  });

  it('says nothing of files where an earlier agent did not count them', () => {
    const names = view([aResult()]).entries[0]?.facts.map(({ name }) => name);
    expect(names).not.toContain('Files');
    expect(view([aResult()]).entries[0]?.error).toBeUndefined();
  });
});
