/** The chip's state: one table of situations, in the order of importance. */
import { describe, expect, it } from 'vitest';
import { chipView, failureOf } from '../../src/model/chip-view.ts';
import { loadLanguage } from '../../src/catalogue/load-language.ts';
import type { Situation } from '../../src/model/situation.ts';
import {
  aDrift,
  aResult,
  aSituation,
  aStatus,
  aTransaction,
  ID,
  NOW,
  RELEASE,
} from '../support/builders.ts';

const language = await loadLanguage('en');
const LATER = '2026-11-23T11:30:00.000Z';
const SOONER = '2026-11-23T10:30:00.000Z';
const lost = (ms: number) => ({ kind: 'reconnecting', since: NOW - ms }) as const;
const elsewhere = (ms: number) => ({ kind: 'elsewhere', since: NOW - ms }) as const;
const pause = (until?: number) => ({
  code: 'source-limited' as const,
  details: until === undefined ? {} : { until: new Date(until).toISOString() },
});
const offline = { code: 'offline', details: {} } as const;

const viewOf = (change: Partial<Situation>) => chipView(aSituation(change), NOW, language);
const stateOf = (change: Partial<Situation>) => viewOf(change).state;
const viewInPause = (until?: number) => viewOf({ status: aStatus({ check_error: pause(until) }) });

describe('the state of the chip', () => {
  it.each([
    ['nothing is offered', {}, 'up-to-date'],
    ['a release is offered', { offered: RELEASE }, 'available'],
    ['nothing was ever checked', { last_check: null }, 'not-checked'],
    ['a check runs', { checking: true, offered: RELEASE }, 'checking'],
    ['the last check found no network', { check_error: offline }, 'offline'],
    [
      'the last check found no name server',
      { check_error: { code: 'dns-failed', details: {} } as const },
      'offline',
    ],
    ['the release server asked for a pause', { check_error: pause(NOW + 1) }, 'check-paused'],
    ['so it did before any check', { check_error: pause(), last_check: null }, 'check-paused'],
    ['that pause is over', { check_error: pause(NOW) }, 'up-to-date'],
    ['something is offered in a pause', { check_error: pause(), offered: RELEASE }, 'available'],
    [
      'the last check failed otherwise',
      { check_error: { code: 'source-invalid', details: {} } as const },
      'check-failed',
    ],
    ['an update runs', { transaction: aTransaction(), checking: true }, 'updating'],
    [
      'an update is being undone',
      { transaction: aTransaction({ phase: 'rolling-back' }) },
      'rolling-back',
    ],
    ['a roll-back runs', { transaction: aTransaction({ kind: 'rollback' }) }, 'rolling-back'],
    ['a repair runs', { transaction: aTransaction({ kind: 'repair' }) }, 'repairing'],
    ['files are damaged', { drift: aDrift(), offered: RELEASE, check_error: offline }, 'damaged'],
    ['no file is damaged', { drift: aDrift({ damaged: 0 }) }, 'up-to-date'],
    [
      'an update failed after the last check',
      { last_result: aResult({ outcome: 'failed', endedAt: LATER }), offered: RELEASE },
      'failed',
    ],
    [
      'an update was undone after the last check',
      { last_result: aResult({ outcome: 'rolled-back', endedAt: LATER }) },
      'failed',
    ],
    [
      'an update failed before the last check',
      { last_result: aResult({ outcome: 'failed', endedAt: SOONER }) },
      'up-to-date',
    ],
    [
      'an update failed and nothing was checked',
      { last_result: aResult({ outcome: 'failed', endedAt: SOONER }), last_check: null },
      'failed',
    ],
    [
      'the device is broken, whatever was checked since',
      { last_result: aResult({ outcome: 'broken', endedAt: SOONER }) },
      'failed',
    ],
    [
      'an update was cancelled',
      { last_result: aResult({ outcome: 'cancelled', endedAt: LATER }), offered: RELEASE },
      'available',
    ],
  ])('when %s', (_, status, state) => {
    expect(stateOf({ status: aStatus(status) })).toBe(state);
  });

  it.each([
    [
      'the first answer is not in',
      { status: undefined, link: { kind: 'connecting', since: NOW } },
      'connecting',
    ],
    ['there is no session', { link: { kind: 'signed-out', since: NOW } }, 'signed-out'],
    ['the line is down for a moment', { link: lost(1000) }, 'up-to-date'],
    ['the line is down', { link: lost(5000) }, 'reconnecting'],
    [
      'the device refuses at first',
      { status: undefined, link: { ...lost(0), kind: 'refused' } },
      'failed',
    ],
    ['the device refuses for a moment', { link: { ...lost(1000), kind: 'refused' } }, 'up-to-date'],
    ['the device refuses later on', { link: { ...lost(5000), kind: 'refused' } }, 'failed'],
    ['the device never answered', { status: undefined, link: lost(5000) }, 'reconnecting'],
    ['something else answers for a moment', { link: elsewhere(15_000) }, 'reconnecting'],
    ['there is no api', { status: undefined, link: elsewhere(20_000) }, 'not-found'],
    [
      'something else answers during an update',
      { status: aStatus({ transaction: aTransaction() }), link: elsewhere(60_000) },
      'reconnecting',
    ],
    ['the agent is away', { agent: 'away' }, 'away'],
    ['the agent does not match', { agent: 'incompatible' }, 'failed'],
    [
      'the agent is away during an update',
      { agent: 'away', status: aStatus({ transaction: aTransaction() }) },
      'updating',
    ],
    ['a check was asked for', { pending: 'check' }, 'checking'],
  ] as const)('when %s', (_, change, state) => {
    expect(stateOf(change)).toBe(state);
  });
});

describe('failureOf', () => {
  it('is nothing after a success', () => {
    expect(failureOf(aStatus({ last_result: aResult({ endedAt: LATER }) }))).toBeUndefined();
  });
});

describe('chipView', () => {
  it('says the percentage of a running update', () => {
    const progress = {
      phase: 'staging',
      bytesDone: 82,
      bytesTotal: 100,
      filesDone: 0,
      filesTotal: 0,
    } as const;
    const status = aStatus({ transaction: aTransaction(), progress });
    expect(viewOf({ status })).toEqual({
      state: 'updating',
      tone: 'busy',
      label: 'Updating 43%',
      percent: 43,
    });
  });

  it('says calmly until when the release server is left alone', () => {
    expect(viewInPause()).toMatchObject({ tone: 'muted', label: 'Check paused' });
    const { tone, label } = viewInPause(NOW + 60_000);
    expect(tone).toBe('muted');
    expect(label).toMatch(/^Check paused until \d\d:\d\d$/);
  });

  it('never shows less than was shown before', () => {
    const status = aStatus({ transaction: aTransaction() });
    const peak = { transaction: ID, percent: 40 };
    expect(viewOf({ status, peak }).percent).toBe(40);
    expect(viewOf({ status, peak: { ...peak, transaction: 'x' } }).percent).toBe(2);
  });
});
