/** The command line of the api's bench, and a short run of all of it: it must end with one line in which everything is measured. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { repositoryRoot } from '../../support/repository-root.ts';
import { readApiOptions } from './api-bench.ts';
import { reasonAgainstWrk } from './wrk.ts';

const PROGRAM = join(repositoryRoot(), 'test/bench/dist/bench.mjs');

const rate = reasonAgainstWrk() === undefined ? v.pipe(v.number(), v.minValue(1)) : v.null();
const FiguresSchema = v.strictObject({
  statusRps: rate,
  ceilingRps: rate,
  p99Ms: v.pipe(v.number(), v.minValue(0.1)),
  p99DuringUpdateMs: v.pipe(v.number(), v.minValue(0.1)),
  sseClients: v.literal(1000),
  sseMissed: v.literal(0),
  rssGrowthMB: v.number(),
  loopDelayP99Ms: v.number(),
});

it('measures everything in a short run', async () => {
  const run = promisify(execFile)(process.execPath, [PROGRAM, 'api', '--quick', '--json']);
  const { stdout } = await run;
  expect(stdout.split('\n')).toHaveLength(2);
  v.parse(FiguresSchema, JSON.parse(stdout));
}, 600_000);

it('writes the page unless it is told otherwise, or measures a part', () => {
  expect(readApiOptions([], '/checkout')).toMatchObject({ docs: '/checkout/docs', json: false });
  expect(readApiOptions(['--quick', '--json'], '/')).toMatchObject({ docs: undefined, json: true });
  expect(readApiOptions(['--profile', 'p'], '/c')).toMatchObject({
    docs: undefined,
    profile: '/c/p',
  });
  expect(() => readApiOptions(['--fast'], '/')).toThrow('Unknown option');
});
