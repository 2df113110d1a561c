/** Which buttons there are, and why one is not live. */
import { describe, expect, it } from 'vitest';
import { actionsView } from '../../src/model/actions-view.ts';
import type { Situation } from '../../src/model/situation.ts';
import { aResult, aSituation, aStatus, aTransaction, RELEASE } from '../support/builders.ts';

const offered = aStatus({ offered: RELEASE });
const working = aStatus({ offered: RELEASE, transaction: aTransaction() });

/** `live`, `off` (with a reason) or `-` (not there), in the order check, install, cancel, roll back. */
function summary(change: Partial<Situation>): string {
  const { check, install, cancel, rollBack } = actionsView(aSituation(change));
  return [check, install, cancel, rollBack]
    .map(({ shown, reason }) => (shown ? (reason === undefined ? 'live' : 'off') : '-'))
    .join(' ');
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
    ['check', {}],
    ['install', { offered: RELEASE }],
    [undefined, { transaction: aTransaction() }],
    [undefined, { offered: RELEASE, last_result: aResult({ outcome: 'broken' }) }],
  ] as const)('leads with %s', (leading, status) => {
    expect(actionsView(aSituation({ status: aStatus(status) })).leading).toBe(leading);
  });

  it('says each reason once', () => {
    const { reasons } = actionsView(aSituation({ status: working }));
    expect(reasons).toEqual([
      'An update is running; the other actions come back when it has ended.',
    ]);
  });

  it('names what is missing for a roll-back', () => {
    const { reasons } = actionsView(aSituation({ status: aStatus({ previous: null }) }));
    expect(reasons).toEqual(['There is no earlier release to roll back to.']);
  });
});
