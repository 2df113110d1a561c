/** Which buttons there are, and why one is not live. */
import { describe, expect, it } from 'vitest';
import type { Sha256 } from '@pikit/protocol';
import { loadLanguage } from '../../src/catalogue/load-language.ts';
import { actionsView, type ActionView } from '../../src/model/actions-view.ts';
import type { Situation } from '../../src/model/situation.ts';
import {
  aDrift,
  aResult,
  aSituation,
  aStatus,
  aTransaction,
  ID,
  RELEASE,
} from '../support/builders.ts';

const language = await loadLanguage('en');
const offered = aStatus({ offered: RELEASE });
const working = aStatus({ offered: RELEASE, transaction: aTransaction() });

const say = ({ shown, reason }: ActionView): string =>
  shown ? (reason === undefined ? 'live' : 'off') : '-';

/** `live`, `off` (with a reason) or `-` (not there), in the order check, install, cancel, roll back. */
function summary(change: Partial<Situation>): string {
  const { check, install, cancel, rollBack } = actionsView(aSituation(change), language);
  return [check, install, cancel, rollBack].map(say).join(' ');
}

it.each([
  ['nothing is offered', {}, '-'],
  ['a release is offered', { offered: RELEASE }, 'live'],
  ['it is being fetched', { offered: RELEASE, transaction: aTransaction() }, '-'],
  ['it lies ready', { offered: RELEASE, ready: { ...RELEASE, transaction: ID } }, '-'],
  [
    'an older one lies ready',
    {
      offered: RELEASE,
      ready: { ...RELEASE, manifestSha256: 'b'.repeat(64) as never, transaction: ID },
    },
    'live',
  ],
] as const)('says of the download when %s: %s', (_, status, expected) => {
  expect(say(actionsView(aSituation({ status: aStatus(status) }), language).download)).toBe(
    expected,
  );
});

/** The same for audit and repair. */
function filesSummary(change: Partial<Situation>): string {
  const { verify, repair } = actionsView(aSituation(change), language);
  return [verify, repair].map(say).join(' ');
}

describe('actionsView', () => {
  it.each([
    ['up to date', {}, 'live - - live'],
    ['a release is offered', { status: offered }, 'live live - live'],
    ['there is nothing to go back to', { status: aStatus({ previous: null }) }, 'live - - off'],
    ['an update runs', { status: working }, 'off - live off'],
    [
      'an update runs that cannot be cancelled any more',
      { status: aStatus({ transaction: aTransaction({ cancellable: false }) }) },
      'off - - off',
    ],
    ['a check runs', { status: aStatus({ checking: true, offered: RELEASE }) }, 'off off - off'],
    ['the device was asked for something', { status: offered, pending: 'apply' }, 'off off - off'],
    [
      'the line is down',
      { status: working, link: { kind: 'reconnecting', since: 0 } },
      'off - off off',
    ],
    ['the agent is away', { status: offered, agent: 'away' }, 'off off - off'],
    ['nothing is known yet', { status: undefined }, '- - - -'],
    ['signed out', { link: { kind: 'signed-out', since: 0 } }, '- - - -'],
  ] as const)('when %s', (_, change, expected) => {
    expect(summary(change)).toBe(expected);
  });

  it.each([
    ['nothing was audited', {}, 'live -'],
    ['files are damaged', { drift: aDrift() }, 'live live'],
    ['files of no release are damaged', { current: 'preexisting', drift: aDrift() }, 'live -'],
    ['a check runs', { checking: true, drift: aDrift() }, 'off off'],
    ['a repair runs', { transaction: aTransaction({ kind: 'repair' }), drift: aDrift() }, '- -'],
    ['nothing is installed', { current: null }, '- -'],
  ] as const)('offers audit and repair when %s', (_, status, expected) => {
    expect(filesSummary({ status: aStatus(status) })).toBe(expected);
  });

  it.each(['verify', 'repair'] as const)(
    'lets everything else wait for a pending %s',
    (pending) => {
      const waiting = { status: aStatus({ offered: RELEASE, drift: aDrift() }), pending };
      expect(`${summary(waiting)} ${filesSummary(waiting)}`).toBe('off off - off off off');
      expect(actionsView(aSituation(waiting), language).reasons).toEqual([
        'The installed files are being checked; the other actions come back after that.',
      ]);
    },
  );

  it.each([
    ['check', {}],
    ['install', { offered: RELEASE }],
    ['repair', { drift: aDrift() }],
    ['install', { offered: RELEASE, drift: aDrift() }],
    [undefined, { drift: aDrift(), last_result: aResult({ outcome: 'broken' }) }],
    [undefined, { transaction: aTransaction() }],
    [undefined, { offered: RELEASE, last_result: aResult({ outcome: 'broken' }) }],
  ] as const)('leads with %s', (leading, status) => {
    expect(actionsView(aSituation({ status: aStatus(status) }), language).leading).toBe(leading);
  });

  it('installs what has duties only when each of them is done', () => {
    const status = aStatus({ offered: { ...RELEASE, breaking: ['sign in', 'copy'] } });
    const installing = (duties: readonly string[], of = RELEASE.manifestSha256) =>
      actionsView(aSituation({ status, ticked: { of, duties } }), language).install.reason;
    expect(installing([])).toContain('Tick what you have done');
    expect(installing(['copy'])).toContain('Tick what you have done');
    expect(installing(['copy', 'sign in'])).toBeUndefined();
    expect(installing(['copy', 'sign in'], 'b'.repeat(64) as Sha256)).toContain('Tick what');
  });

  it('does not lead to what is skipped, but lets it be installed', () => {
    const status = aStatus({ offered: RELEASE, skipped: RELEASE.version });
    const { leading, isSkipped, install, skip } = actionsView(aSituation({ status }), language);
    expect({ leading, isSkipped }).toEqual({ leading: 'check', isSkipped: true });
    expect([install, skip].map(say)).toEqual(['live', 'live']);
  });

  it('does not lead to what did not last here before', () => {
    const held_back = { version: RELEASE.version, transaction: ID, reason: 'rolled-back' } as const;
    const status = aStatus({ offered: RELEASE, held_back });
    const { leading, isSecondTry, install } = actionsView(aSituation({ status }), language);
    expect({ leading, isSecondTry }).toEqual({ leading: 'check', isSecondTry: true });
    expect(say(install)).toBe('live');
    expect(actionsView(aSituation({ status: offered }), language).isSecondTry).toBe(false);
  });

  it('says each reason once', () => {
    const { reasons } = actionsView(aSituation({ status: working }), language);
    expect(reasons).toEqual([
      'An update is running; the other actions come back when it has ended.',
    ]);
  });

  it('calls a repair by its name', () => {
    const status = aStatus({ transaction: aTransaction({ kind: 'repair' }) });
    expect(actionsView(aSituation({ status }), language).reasons).toEqual([
      'A repair is running; the other actions come back when it has ended.',
    ]);
  });

  it('names what is missing for a roll-back', () => {
    const { reasons } = actionsView(aSituation({ status: aStatus({ previous: null }) }), language);
    expect(reasons).toEqual(['There is no earlier release to roll back to.']);
  });
});
