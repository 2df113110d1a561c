/** What a transaction leaves for the next one, and what it had better not. */
import { ERROR_CODES, OUTCOMES } from '@pikit/protocol';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { isLeftBy, KeptRecordSchema } from '../../src/core/kept-record.ts';
import { aSha256 } from '../support/a-manifest.ts';

describe('KeptRecordSchema', () => {
  const record = {
    transaction: '20260102T042000Z-0a1b2c',
    version: '1.4.0',
    manifestSha256: aSha256(),
    signature: null,
    bundleBytes: null,
    ready: false,
  };

  it('reads what is written', () => {
    expect(v.parse(KeptRecordSchema, record)).toEqual(record);
  });

  it.each([
    ['a version that is a path', { version: '../x' }],
    ['no digest', { manifestSha256: '' }],
    ['a ready that is no yes or no', { ready: 'yes' }],
  ])('refuses %s', (_what, patch) => {
    expect(v.is(KeptRecordSchema, { ...record, ...patch })).toBe(false);
  });
});

describe('isLeftBy', () => {
  it.each(OUTCOMES.filter((outcome) => outcome !== 'failed'))('asks the outcome %s', (outcome) => {
    expect(isLeftBy({ outcome, error: null })).toBe(['staged', 'cancelled'].includes(outcome));
  });

  it('keeps what a broken way left, and nothing that the release or the disk may have spoilt', () => {
    const kept = ERROR_CODES.filter((code) =>
      isLeftBy({ outcome: 'failed', error: { code, details: {} } }),
    );
    expect(kept).toEqual(expect.arrayContaining(['offline', 'download-failed', 'source-refused']));
    for (const code of [
      'hash-mismatch',
      'bundle-invalid',
      'file-unexpected',
      'internal',
      'source-invalid',
      'write-failed',
    ] as const) {
      expect(kept).not.toContain(code);
    }
    expect(isLeftBy({ outcome: 'failed', error: null })).toBe(false);
  });

  it('keeps of a release from a file all or nothing', () => {
    const error = { code: 'offline', details: {} } as const;
    expect(isLeftBy({ outcome: 'staged', error: null, imported: true })).toBe(true);
    expect(isLeftBy({ outcome: 'failed', error, imported: true })).toBe(false);
    expect(isLeftBy({ outcome: 'cancelled', error: null, imported: true })).toBe(false);
  });
});
