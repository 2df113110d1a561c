/** The judgement on the last audit. */
import { DriftSchema } from '@pikit/protocol';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { judgeDrift } from '../../../src/cli/doctor/drift.ts';

const audited = (changed: object) =>
  v.parse(DriftSchema, {
    checkedAt: '2026-05-04T12:00:00Z',
    version: '1.1.0',
    files: [],
    total: 0,
    damaged: 0,
    ...changed,
  });
const files = [
  { path: 'a.js', problem: 'extra' },
  { path: 'b.js', problem: 'changed' },
];

describe('judgeDrift', () => {
  it.each([
    ['none', null, 'ok', 'was not audited'],
    ['another release', audited({ version: '1.0.0' }), 'ok', 'was not audited'],
    ['all whole', audited({}), 'ok', 'all files are whole'],
    ['strangers', audited({ files: files.slice(0, 1), total: 1 }), 'warning', '1 are there'],
    ['damage', audited({ files, total: 2, damaged: 1 }), 'bad', '1 damaged (b.js; '],
  ])('%s', (_what, drift, level, words) => {
    const verdict = judgeDrift(drift, '1.1.0');
    expect(verdict.level).toBe(level);
    expect(verdict.found).toContain(words);
  });
});
