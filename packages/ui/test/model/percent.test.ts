/** One percentage for the whole: fixed weights, never backwards, never 100 before the end. */
import { describe, expect, it } from 'vitest';
import { PHASES, type Phase } from '@pikit/protocol';
import { percentOf, raisePeak } from '../../src/model/percent.ts';
import { aStatus, aTransaction, ID } from '../support/builders.ts';

const bytes = (phase: Phase, bytesDone: number, bytesTotal: number) => ({
  phase,
  bytesDone,
  bytesTotal,
  filesDone: 0,
  filesTotal: 0,
});

describe('percentOf', () => {
  it.each([
    ['begins at nothing', 'preflight', null, 0],
    ['counts the bytes of a download', 'staging', bytes('staging', 50, 100), 27],
    ['never counts more bytes than there are', 'staging', bytes('staging', 500, 100), 52],
    ['ignores the progress of another phase', 'verifying', bytes('staging', 50, 100), 52],
    ['stays below 100', 'cleaning-up', bytes('cleaning-up', 1, 1), 99],
  ] as const)('%s', (_, phase, progress, expected) => {
    expect(percentOf({ kind: 'apply', phase }, progress)).toBe(expected);
  });

  it('counts files where there are no bytes', () => {
    const progress = { ...bytes('verifying', 0, 0), filesDone: 20, filesTotal: 40 };
    expect(percentOf({ kind: 'apply', phase: 'verifying' }, progress)).toBe(59);
  });

  it.each(['apply', 'rollback'] as const)('rises from phase to phase of a %s', (kind) => {
    const course = PHASES.map((phase) => percentOf({ kind, phase }, null));
    expect(course).toEqual(course.toSorted((a, b) => a - b));
    expect(course.at(-1)).toBeGreaterThan(90);
  });

  it('is nearly done when all is fetched that was only to be fetched', () => {
    const view = { kind: 'apply', phase: 'verifying', stageOnly: true } as const;
    const progress = { ...bytes('verifying', 0, 0), filesDone: 40, filesTotal: 40 };
    expect(percentOf(view, progress)).toBe(97);
  });
});

describe('raisePeak', () => {
  const transaction = aTransaction();
  const at = (done: number) => aStatus({ transaction, progress: bytes('staging', done, 100) });

  it('keeps the highest of one transaction when a download begins again', () => {
    const high = raisePeak(undefined, at(80));
    expect(raisePeak(high, at(10))).toEqual(high);
  });

  it('begins anew with another transaction', () => {
    const other = { transaction: 'another', percent: 90 };
    expect(raisePeak(other, at(0))).toEqual({ transaction: ID, percent: 2 });
  });

  it('is forgotten when nothing runs', () => {
    expect(raisePeak({ transaction: ID, percent: 9 }, aStatus())).toBeUndefined();
  });
});
