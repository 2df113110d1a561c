/** The unfinished transaction on the disk: every one that the agent can write is read, and nonsense is not acted upon. */
import { OUTCOMES, PHASES } from '@pikit/protocol';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { JournalRecordSchema } from '../../src/core/journal-record.ts';
import { aSha256 } from '../support/a-manifest.ts';

const APPLY: v.InferInput<typeof JournalRecordSchema> = {
  id: '20260102T042000Z-0a1b2c',
  kind: 'apply',
  by: 'dashboard',
  startedAt: '2026-01-02T04:20:00.000Z',
  from: { name: '1.3.0-aaaaaaaa' as never, version: '1.3.0' },
  to: { name: '1.4.0-bbbbbbbb' as never, version: '1.4.0' },
  adopted: false,
  manifestSha256: aSha256(),
  bundleBytes: 1024,
  bytesFetched: 0,
  phase: 'staging',
  outcome: 'committed',
  interruptions: 0,
  error: null,
};

/** The first member that the schema complains about, dotted; undefined when it accepts. */
function complaint(record: unknown): string | undefined {
  const { issues } = v.safeParse(JournalRecordSchema, record);
  return issues === undefined ? undefined : (v.getDotPath(issues[0]) ?? '');
}

describe('JournalRecordSchema', () => {
  it.each(PHASES.flatMap((phase) => OUTCOMES.map((outcome) => ({ phase, outcome }))))(
    'reads a transaction in $phase that heads for $outcome',
    (state) => {
      const record = { ...APPLY, ...state };
      expect(v.parse(JournalRecordSchema, record)).toEqual(record);
    },
  );

  it.each([
    ['a first update', { from: null }],
    [
      'a first update after adoption',
      { from: { name: 'preexisting-0a0a0a0a', version: 'preexisting' }, adopted: true },
    ],
    [
      'a roll-back',
      { kind: 'rollback', manifestSha256: null, bundleBytes: null, phase: 'activating' },
    ],
    ['a repair', { kind: 'repair', repair: { targets: ['pikit-web'], extra: 2 } }],
    ['a source that does not tell the size', { bundleBytes: null }],
    [
      'a failure on its way',
      { error: { code: 'probe-failed', details: { url: 'http://127.0.0.1/' } } },
    ],
    ['a call from the foreground', { by: 'foreground' }],
    ['several interruptions', { interruptions: 4 }],
  ])('reads %s', (_what, patch) => {
    expect(v.parse(JournalRecordSchema, { ...APPLY, ...patch })).toEqual({ ...APPLY, ...patch });
  });

  it('leaves out what a later agent adds', () => {
    expect(v.parse(JournalRecordSchema, { ...APPLY, guard: 'armed' })).toEqual(APPLY);
  });

  it.each([
    ['id', '../../etc'],
    ['kind', 'install'],
    ['by', 'anyone'],
    ['from', { name: '../../etc-aaaaaaaa', version: '1.0.0' }, 'from.name'],
    ['from', { name: 'etc', version: '1.0.0' }, 'from.name'],
    ['to', null],
    ['to', { name: '1.4.0-bbbbbbbb', version: 'latest' }, 'to.version'],
    ['to', { name: 'a/b-bbbbbbbb', version: '1.4.0' }, 'to.name'],
    ['to', { name: 7, version: '1.4.0' }, 'to.name'],
    ['manifestSha256', 'abc'],
    ['phase', 'installing'],
    ['outcome', 'done'],
    ['interruptions', '0'],
    ['error', { code: 'made-up', details: {} }, 'error.code'],
  ])('refuses %s %j', (member, value, named = member) => {
    expect(complaint({ ...APPLY, [member]: value })).toBe(named);
  });

  it.each(Object.keys(APPLY))('refuses a journal without %s', (member) => {
    const without = Object.entries(APPLY).filter(([name]) => name !== member);
    expect(complaint(Object.fromEntries(without))).toBe(member);
  });
});
