/** The index of a directory of releases: what an agent believes to be one. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { ReleaseIndexSchema } from '../src/release-index.ts';

const entry = {
  version: '1.0.0',
  channel: 'stable',
  date: '2026-11-01T00:00:00.000Z',
  manifestSha256: 'a'.repeat(64),
};
const index = (...releases: readonly object[]) => ({ format: 1, releases });

describe('ReleaseIndexSchema', () => {
  it.each([
    ['nothing', index()],
    ['two versions', index(entry, { ...entry, version: '1.1.0-rc.1', channel: 'beta' })],
    ['what a later one adds', { ...index({ ...entry, size: 1 }), more: true }],
  ])('takes an index of %s', (_what, document) => {
    expect(v.is(ReleaseIndexSchema, document)).toBe(true);
  });

  it.each([
    ['another format', { ...index(entry), format: 2 }],
    ['a version that is a path', index({ ...entry, version: '../1.0.0' })],
    ['a version twice', index(entry, { ...entry, channel: 'beta' })],
    ['no digest', index({ ...entry, manifestSha256: '' })],
    ['a date in words', index({ ...entry, date: 'yesterday' })],
    ['no list', { format: 1 }],
  ])('refuses %s', (_what, document) => {
    expect(v.is(ReleaseIndexSchema, document)).toBe(false);
  });
});
