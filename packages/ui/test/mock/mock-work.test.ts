/** The pretended course passes the phases in their order and ends as a real one does. */
import { describe, expect, it } from 'vitest';
import { StatusSchema } from '@pikit/protocol';
import { auditOf, courseOf, endOf } from '../../src/mock/mock-work.ts';
import { aDrift, aResult, aStatus, aTransaction, ID, RELEASE } from '../support/builders.ts';

const startedAt = '2026-11-23T12:00:00.000Z';
const before = aStatus({ offered: RELEASE });

describe('courseOf', () => {
  it('is made of valid statuses that lead to the offered release', async () => {
    const course = courseOf(before, { id: ID, kind: 'apply', startedAt });
    for (const change of course) {
      const { issues } = await StatusSchema['~standard'].validate({ ...before, ...change });
      expect(issues).toBeUndefined();
    }
    expect(course.at(0)?.transaction).toMatchObject({ phase: 'preflight', to: '1.4.0' });
    expect(course.at(-1)?.transaction?.phase).toBe('cleaning-up');
  });

  it('fetches nothing for a roll-back', () => {
    const course = courseOf(before, { id: ID, kind: 'rollback', startedAt });
    expect(course.at(0)?.transaction).toMatchObject({ phase: 'activating', to: '1.2.0' });
  });
});

describe('auditOf', () => {
  it('finds damage until it was repaired', () => {
    expect(auditOf(before, startedAt).drift).toMatchObject({ damaged: 1, version: '1.3.0' });
    const last_result = aResult({ kind: 'repair' });
    expect(auditOf({ ...before, last_result }, startedAt).drift).toMatchObject({ damaged: 0 });
    expect(auditOf({ ...before, current: null }, startedAt).drift).toBeNull();
  });
});

describe('endOf', () => {
  const running = { ...before, transaction: aTransaction() };

  it('puts the new release in place', () => {
    expect(endOf(running, startedAt, false)).toMatchObject({
      current: '1.4.0',
      previous: '1.3.0',
      offered: null,
      last_result: { outcome: 'committed' },
    });
  });

  it('leaves a repaired device the release that it runs', () => {
    const { current: to } = before;
    const repairing = { ...before, transaction: aTransaction({ kind: 'repair', to }) };
    const end = endOf({ ...repairing, drift: aDrift() }, startedAt, false);
    expect(end).toMatchObject({
      current: '1.3.0',
      previous: '1.2.0',
      offered: RELEASE,
      drift: null,
    });
  });

  it('lays a release ready that was only to be fetched', () => {
    const order = { id: ID, kind: 'apply', startedAt, stageOnly: true } as const;
    const phases = courseOf(before, order).map(({ transaction }) => transaction?.phase);
    expect(phases.at(-1)).toBe('verifying');
    const fetching = { ...before, transaction: aTransaction({ stageOnly: true }) };
    const end = endOf(fetching, startedAt, false);
    expect(end).toMatchObject({ last_result: { outcome: 'staged' }, ready: { version: '1.4.0' } });
    expect(end).not.toHaveProperty('current');
  });

  it('changes nothing when it was cancelled', () => {
    const end = { ...running, ...endOf(running, startedAt, true) };
    expect(end).toMatchObject({ current: '1.3.0', last_result: { outcome: 'cancelled' } });
  });
});
