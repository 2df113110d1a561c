/** The snapshot that api, ui and state.json share: complete, with the six names of the plan, and null where nothing is. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { StatusSchema } from '../src/status.ts';
import { aStatus } from './sample-documents.ts';

const NULLABLE = [
  'current',
  'latest',
  'offered',
  'previous',
  'last_check',
  'check_error',
  'transaction',
  'progress',
  'last_result',
  'backup_path',
] as const;

/** Members that the first agents did not write, with what they mean when they are missing. */
const LATER: Readonly<Record<string, unknown>> = {
  drift: null,
  held_back: null,
  edited: [],
  ready: null,
  skipped: null,
};

const without = (member: string) =>
  Object.fromEntries(Object.entries(aStatus()).filter(([name]) => name !== member));

describe('StatusSchema', () => {
  it('takes a snapshot from the middle of an update', () => {
    expect(v.parse(StatusSchema, aStatus())).toEqual(aStatus());
  });

  it('takes the snapshot of a device that has never checked', () => {
    const nothing = Object.fromEntries(NULLABLE.map((member) => [member, null]));
    const fresh = { ...aStatus(), ...nothing };
    expect(v.parse(StatusSchema, fresh)).toEqual(fresh);
  });

  it.each(['latest', 'current', 'last_check', 'last_result', 'progress', 'backup_path'])(
    'has the member %s under the name that the plan gave it',
    (member) => {
      expect(Object.keys(StatusSchema.entries)).toContain(member);
    },
  );

  it.each(Object.entries(LATER))('reads a snapshot from before there was %s', (member, value) => {
    expect(v.parse(StatusSchema, without(member))).toEqual({ ...aStatus(), [member]: value });
  });

  const first = Object.keys(StatusSchema.entries).filter((member) => !Object.hasOwn(LATER, member));
  it.each(first)('refuses a snapshot without %s', (member) => {
    expect(v.is(StatusSchema, without(member))).toBe(false);
  });

  it('leaves out what a later agent adds, as it stands in state.json', () => {
    const later = { ...aStatus(), format: 1, checksum: 'abc', weather: 'fine' };
    expect(v.parse(StatusSchema, later)).toEqual(aStatus());
  });

  it.each([
    ['a revision that counts in halves', { revision: 0.5 }],
    ['a revision below zero', { revision: -1 }],
    ['a revision that is not a number', { revision: Number.NaN }],
    ['an installed version that is no version', { current: 'yesterday' }],
    ['preexisting as the latest release', { latest: 'preexisting' }],
    ['a channel outside the list', { channel: 'nightly' }],
    ['a trust word outside the list', { trust: 'yes' }],
    ['progress of a phase outside the list', { progress: { ...aStatus().progress, phase: 'x' } }],
    ['an error that is a sentence', { check_error: 'no network' }],
  ])('refuses %s', (_what, change) => {
    expect(v.is(StatusSchema, { ...aStatus(), ...change })).toBe(false);
  });
});
