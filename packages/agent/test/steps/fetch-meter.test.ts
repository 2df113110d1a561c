/** How far it is, told as it moves and noted at the end. */
import { ManifestSchema } from '@pikit/protocol/manifest';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { createFetchMeter } from '../../src/steps/fetch-meter.ts';
import { libraryOf } from '../../src/steps/stage-local.ts';

it('counts from what was there before', () => {
  const files = ['a', 'b', 'c'].map((path) => ({ path, sha256: 'a'.repeat(64) }));
  const manifest = v.parse(ManifestSchema, { version: '1.0.0', changelog: '', files });
  const told: unknown[] = [];
  const noted: unknown[] = [];
  const context = {
    report: (progress: object) => told.push(progress),
    note: (patch: object) => noted.push(patch),
    record: () => ({ bytesFetched: 100 }) as never,
  };
  const wanted = { manifest, missing: new Set(['b', 'c']), library: libraryOf(new Map()) };
  const meter = createFetchMeter(context, wanted, 50);
  meter.bytes(20);
  meter.file();
  meter.bytes(30);
  expect(told).toEqual([
    { filesDone: 1, filesTotal: 3, bytesDone: 20, bytesTotal: 50 },
    { filesDone: 2, filesTotal: 3, bytesDone: 20, bytesTotal: 50 },
    { filesDone: 2, filesTotal: 3, bytesDone: 50, bytesTotal: 50 },
  ]);
  expect(noted).toEqual([]);
  meter.settle();
  expect(noted).toEqual([{ bytesFetched: 150 }]);
});
