/** A record of ours that was damaged is `state-damaged` or says just what it said; it never says something else. */
import { UpdateError } from '@pikit/protocol';
import * as fc from 'fast-check';
import * as v from 'valibot';
import { expect } from 'vitest';
import {
  JournalRecordSchema,
  type JournalRecord,
} from '../../packages/agent/src/core/journal-record.ts';
import { encodeRecord, parseRecord } from '../../packages/agent/src/core/record.ts';
import { encodeTreeRecord, parseTreeRecord } from '../../packages/agent/src/core/tree-record.ts';
import { aSha256, aVersion } from '../../packages/agent/test/support/a-manifest.ts';
import { property } from './fuzz.ts';
import { mutated } from './mutations.ts';

const JOURNAL: JournalRecord = v.parse(JournalRecordSchema, {
  id: '20260102T030405Z-abcdef',
  kind: 'apply',
  by: 'dashboard',
  startedAt: '2026-01-02T03:04:05.000Z',
  from: { name: '1.0.0-aaaaaaaa', version: '1.0.0' },
  to: { name: '2.0.0-bbbbbbbb', version: '2.0.0' },
  adopted: true,
  stoppedUnits: ['pikit-api.service'],
  manifestSha256: 'b'.repeat(64),
  bundleBytes: 12_345,
  bytesFetched: 10,
  phase: 'activating',
  outcome: 'committed',
  interruptions: 2,
  error: { code: 'probe-failed', details: { url: 'http://127.0.0.1/é', status: 500 } },
});

const parse = (bytes: Uint8Array): JournalRecord =>
  parseRecord(bytes, JournalRecordSchema, 'journal.json');

/** Undefined for `state-damaged`; anything else that is thrown fails. */
function read<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    expect(error).toBeInstanceOf(UpdateError);
    expect((error as UpdateError).code).toBe('state-damaged');
    return undefined;
  }
}

const whole = Buffer.from(encodeRecord(JOURNAL));

property(
  'journal: one wrong byte',
  fc.tuple(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 0, max: 255 })),
  ([at, byte]) => {
    const damaged = Uint8Array.from(whole);
    damaged[at] = byte;
    const found = read(() => parse(damaged));
    if (found !== undefined) expect(found).toEqual(JOURNAL);
  },
);

const documents = fc.oneof(
  fc.dictionary(fc.oneof(fc.constantFrom(...Object.keys(JOURNAL)), fc.string()), fc.jsonValue()),
  fc
    .tuple(fc.constantFrom(...Object.keys(JOURNAL)), fc.jsonValue())
    .map(([key, value]) => ({ ...JOURNAL, [key]: value })),
);

/** With a right checksum, so that the schema alone has to judge. */
property('journal: any document', documents, (document) => {
  const found = read(() => parse(Buffer.from(encodeRecord(document))));
  if (found === undefined) return;
  expect(v.is(JournalRecordSchema, found)).toBe(true);
  expect(parse(Buffer.from(encodeRecord(found)))).toEqual(found);
});

const TREE = encodeTreeRecord({
  version: aVersion('2.0.0'),
  adopted: true,
  files: [
    { path: 'pikit-web/index.html', sha256: aSha256('a'), mode: 0o644, size: 10 },
    { path: 'pikit-api.py', sha256: aSha256('b'), mode: 0o755, size: 0 },
  ],
});

property('tree record: mutated bytes', mutated([Buffer.from(TREE), whole]), (bytes) => {
  const found = read(() => parseTreeRecord(bytes));
  if (found === undefined) return;
  for (const { mode, size, sha256 } of found.files) {
    expect(mode & ~0o777).toBe(0);
    expect(size).toBeGreaterThanOrEqual(0);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  }
  expect(parseTreeRecord(Buffer.from(encodeTreeRecord(found)))).toEqual(found);
});
