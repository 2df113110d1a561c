/** The one notice: what it says, and which of several wins. */
import { OUTCOMES, type TransactionResult, type Version } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { loadLanguage } from '../../src/catalogue/load-language.ts';
import { chipView } from '../../src/model/chip-view.ts';
import { noticeView } from '../../src/model/notice-view.ts';
import type { Situation } from '../../src/model/situation.ts';
import { aResult, aSituation, aStatus, aTransaction, NOW, RELEASE } from '../support/builders.ts';

const language = await loadLanguage('en');
const notice = (change: Partial<Situation>) => {
  const situation = aSituation(change);
  return noticeView(situation, chipView(situation, NOW, language), language);
};
const stateOf = (result: Partial<TransactionResult>) => {
  const last_result = aResult(result);
  return notice({ status: aStatus({ current: last_result.to, last_result }) })?.state;
};
const probeFailed = {
  code: 'probe-failed',
  details: { url: 'http://127.0.0.1/', reason: 'HTTP 502' },
} as const;
const offline = { code: 'offline', details: {} } as const;
const busy = { command: 'apply', error: { code: 'busy', details: {} } } as const;

const lost = (ms: number) => ({ link: { kind: 'reconnecting', since: NOW - ms } }) as const;

describe('noticeView', () => {
  it('says what happened, how the device is now, and what to do', () => {
    const last_result = aResult({ outcome: 'rolled-back', error: probeFailed });
    expect(notice({ status: aStatus({ last_result }) })).toEqual({
      tone: 'warning',
      title: 'The update was undone',
      happened: 'The new release did not answer as expected.',
      state: 'The update to 1.4.0 was undone by itself. 1.3.0 is running, complete, as before.',
      whatToDo:
        'View the log and tell the maintainer of the dashboard. (http://127.0.0.1/: HTTP 502)',
    });
  });

  it.each([
    ['a success', { outcome: 'committed' }, 'good', '1.4.0 is installed'],
    ['a finished download', { outcome: 'staged' }, 'good', '1.4.0 is downloaded'],
    ['a cancelled update', { outcome: 'cancelled' }, 'neutral', 'The update was cancelled'],
    ['a failure', { outcome: 'failed' }, 'bad', 'The update failed'],
    ['a broken device', { outcome: 'broken' }, 'bad', 'The update could not be undone'],
    ['a roll-back', { kind: 'rollback', outcome: 'committed' }, 'good', 'Back on 1.4.0'],
    [
      'a roll-back to files without a version',
      { kind: 'rollback', outcome: 'committed', to: 'preexisting' },
      'good',
      'Back on the earlier dashboard',
    ],
  ] as const)('tells of %s', (_, result, tone, title) => {
    const last_result = aResult(result);
    const status = aStatus({ current: last_result.to, last_result });
    expect(notice({ status })).toMatchObject({ tone, title });
  });

  it('begins a sentence with a capital', () => {
    const last_result = aResult({ outcome: 'failed', from: 'preexisting', kind: 'rollback' });
    const cancelled = aResult({ ...last_result, outcome: 'cancelled' });
    expect(notice({ status: aStatus({ last_result: cancelled }) })?.state).toBe(
      'The earlier dashboard is running as before.',
    );
  });

  it.each(OUTCOMES)('begins each sentence of what ended as %s with a capital', (outcome) => {
    const first = { kind: 'apply', from: 'preexisting' } as const;
    const back = { kind: 'rollback', to: 'preexisting' } as const;
    // A roll-back fetches nothing for later.
    for (const change of outcome === 'staged' ? [first] : [first, back]) {
      const last_result = aResult({ outcome, ...change });
      const shown = notice({ status: aStatus({ current: last_result.to, last_result }) });
      for (const text of [shown?.title, shown?.state]) {
        expect(text).not.toMatch(/(?:^|\. )\p{Ll}/u);
      }
    }
  });

  it.each(['failed', 'rolled-back'] as const)(
    'remembers after the next check that the offered release ended as %s',
    (outcome) => {
      const last_result = aResult({ outcome });
      const checked = { last_check: '2026-11-23T11:59:30.000Z', last_result };
      const title = outcome === 'failed' ? 'The update failed' : 'The update was undone';
      expect(notice({ status: aStatus({ ...checked, offered: RELEASE }) })?.title).toBe(title);
      const next = { ...RELEASE, version: '1.4.1' as typeof RELEASE.version };
      expect(notice({ status: aStatus({ ...checked, offered: next }) })).toBeUndefined();
    },
  );

  it.each([
    ['probe-failed', 'The earlier release is in place', 'This device needs you.'],
    ['service-failed', 'The earlier release is in place', 'This device needs you.'],
    ['write-failed', 'The previous release could not', 'The dashboard may be incomplete.'],
  ])('says what is left of a failed way back: %s', (reason, happened, state) => {
    const error = { code: 'roll-back-failed', details: { reason } } as const;
    const shown = notice({
      status: aStatus({ last_result: aResult({ outcome: 'broken', error }) }),
    });
    expect(shown?.happened).toContain(happened);
    expect(shown?.state).toContain(state);
  });

  it('says what an update has changed, where that is known', () => {
    const changed = { added: 2, changed: 7, removed: 0 };
    expect(stateOf({ changed })).toMatch(/ Files: 7 changed, 2 new, 0 removed\.$/);
    expect(stateOf({})).toMatch(/is running\.$/);
    expect(stateOf({ changed, outcome: 'cancelled' })).not.toContain('Files');
  });

  it('tells how an update has ended, and no longer that it could not be cancelled', () => {
    const error = { code: 'no-such-transaction', details: {} } as const;
    const problem = { command: 'cancel', error } as const;
    const running = aStatus({ transaction: aTransaction() });
    expect(notice({ status: running, problem })?.title).toBe('That update is not running any more');
    const ended = aStatus({ current: RELEASE.version, last_result: aResult() });
    expect(notice({ status: ended, problem })?.title).toBe('1.4.0 is installed');
  });

  it('forgets a success at the next check', () => {
    const last_check = '2026-11-23T11:59:30.000Z';
    expect(notice({ status: aStatus({ last_check, last_result: aResult() }) })).toBeUndefined();
  });

  it.each([
    [
      'offline is a warning',
      { status: aStatus({ check_error: offline }) },
      'warning',
      'No connection to the release server',
    ],
    [
      'a pause of the release server is neutral',
      { status: aStatus({ check_error: { code: 'source-limited', details: {} } }) },
      'neutral',
      'The release server asks for a pause',
    ],
    [
      'an address without an updater',
      { status: undefined, link: { kind: 'elsewhere', since: NOW - 20_000 } },
      'bad',
      'There is no updater at this address',
    ],
    [
      'a device that refuses to tell anything',
      {
        status: undefined,
        link: {
          kind: 'refused',
          since: NOW - 5000,
          refusal: { code: 'config-invalid', details: { key: 'password_file', reason: 'x' } },
        },
      },
      'bad',
      'A configuration file has a mistake',
    ],
    ['the agent is away', { agent: 'away' }, 'bad', 'The updater on this device does not answer'],
    [
      'the agent does not match',
      { agent: 'incompatible' },
      'bad',
      'Two parts of the updater are of different versions',
    ],
    [
      'a refused command comes first',
      { problem: busy, agent: 'away' },
      'bad',
      'The updater is busy',
    ],
  ] as const)('%s', (_, change, tone, title) => {
    expect(notice(change)).toMatchObject({ tone, title });
  });

  const working = { status: aStatus({ transaction: aTransaction() }) };
  const away = (ms: number) => ({ ...working, agent: 'away', awaySince: NOW - ms }) as const;
  const cut = { command: 'log', error: { code: 'no-connection', details: {} } } as const;

  it.each([
    ['nothing runs', lost(40_000)],
    ['nothing was seen yet', { ...lost(40_000), status: undefined }],
    ['a command was cut off by it', { ...lost(40_000), problem: cut }],
  ])('says for how long it waits, and no error, while %s', (_, change) => {
    expect(notice(change)).toEqual({
      tone: 'neutral',
      title: 'Waiting for the device',
      happened: 'No answer for 40 sec. This page goes on trying by itself.',
      state: undefined,
      whatToDo: undefined,
    });
  });

  it.each([
    ['the device', lost(130_000), 'Waiting for the device', /switched on.*update\.rollback$/],
    ['the device at work', { ...working, ...lost(130_000) }, 'Waiting for the device', /rollback$/],
    ['a page just opened', { ...lost(130_000), status: undefined }, 'Waiting for', /rollback$/],
    ['the updater at work', away(130_000), 'Waiting for the updater', /^If .*update\.rollback$/],
  ] as const)('offers the way by SSH after a while without %s', (_, change, title, whatToDo) => {
    const shown = notice(change);
    expect(shown?.tone).toBe('warning');
    expect(shown?.title).toContain(title);
    expect(shown?.whatToDo).toMatch(whatToDo);
  });

  it('offers no way back where there is none', () => {
    const shown = notice({ ...lost(130_000), status: aStatus({ previous: null }) });
    expect(shown?.whatToDo).not.toContain('rollback');
  });

  it('does not call installed what does not run', () => {
    const status = aStatus({ current: '1.3.0' as Version, last_result: aResult() });
    expect(notice({ status })).toMatchObject({
      tone: 'bad',
      title: '1.4.0 is not what runs',
      state: '1.4.0 was installed, but 1.3.0 is running now.',
    });
  });

  it.each([
    ['the line was down for a moment only', lost(1000)],
    ['the updater restarts in the middle of its work', away(40_000)],
    ['the line is down in the middle of it', { ...working, ...lost(40_000), problem: cut }],
    ['all is well', {}],
    ['nothing is known yet', { status: undefined, link: { kind: 'connecting', since: 0 } }],
    ['somebody has to sign in', { link: { kind: 'signed-out', since: 0 }, problem: busy }],
    ['something runs', { status: aStatus({ transaction: aTransaction(), check_error: offline }) }],
  ] as const)('is silent when %s', (_, change) => {
    expect(notice(change)).toBeUndefined();
  });
});
