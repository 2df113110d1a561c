/** Which of two snapshots is the newer one. */
import { describe, expect, it } from 'vitest';
import { createLastStatus } from '../../src/agent/last-status.ts';
import { settledStatus } from '../support/statuses.ts';

describe('createLastStatus', () => {
  it('keeps the higher revision, in whatever order they come', () => {
    const last = createLastStatus();
    expect(last.offer(settledStatus({ revision: 5 }))).toBe(true);
    expect(last.offer(settledStatus({ revision: 4 }))).toBe(false);
    expect(last.get()?.revision).toBe(5);
  });

  it('takes any revision of another boot', () => {
    const last = createLastStatus();
    last.offer(settledStatus({ revision: 5 }));
    expect(last.offer(settledStatus({ boot: 'b2', revision: 1 }))).toBe(true);
    expect(last.get()?.boot).toBe('b2');
  });

  it('is not fresh after a new connection began, and then believes what it says', () => {
    const last = createLastStatus();
    expect(last.fresh()).toBeUndefined();
    last.offer(settledStatus({ revision: 5 }));
    expect(last.fresh()?.revision).toBe(5);
    last.expire();
    expect(last.fresh()).toBeUndefined();
    expect(last.get()?.revision).toBe(5);
    expect(last.offer(settledStatus({ revision: 2 }))).toBe(true);
  });
});
