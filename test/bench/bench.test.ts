/** A short run of the whole bench, with a tiny tree and two peers: it must end with one line of JSON in which all is measured. */
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { repositoryRoot } from '../support/repository-root.ts';
import { reasonAgainstLoop } from './disk.ts';
import { PEERS } from './peers.ts';
import { reasonAgainst } from './programs.ts';

const PROGRAM = join(repositoryRoot(), 'test/bench/dist/bench.mjs');
const reason = reasonAgainst(
  PEERS.flatMap(({ name, programs }) => (name === 'naive' ? programs : [])),
);

const ReportSchema = v.strictObject({
  rows: v.array(
    v.strictObject({
      peer: v.string(),
      workload: v.literal('XS'),
      change: v.picklist(['typical', 'none']),
      wallMs: v.pipe(v.number(), v.minValue(1)),
      cpuMs: v.pipe(v.number(), v.minValue(1)),
      rssMB: v.pipe(v.number(), v.minValue(0)),
      wireBytes: v.pipe(v.number(), v.minValue(100)),
      requests: v.pipe(v.number(), v.minValue(1)),
      deviceBytes: v.nullable(v.number()),
      mixedMs: v.number(),
    }),
  ),
});

const run = (...args: readonly string[]) =>
  promisify(execFile)(process.execPath, [PROGRAM, ...args]);

it.skipIf(reason !== undefined)(
  `measures the script of the plan and this agent${reason === undefined ? '' : ` (${reason})`}`,
  async () => {
    const options = ['--workload', 'XS', '--change', 'typical,none', '--rounds', '1', '--json'];
    const { stdout } = await run('update', ...options, '--peer', 'naive,pikit,pikit-awake');
    expect(stdout.split('\n')).toHaveLength(2);
    const { rows } = v.parse(ReportSchema, JSON.parse(stdout));
    expect(rows.map(({ peer, change }) => `${peer} ${change}`)).toEqual(
      ['typical', 'none'].flatMap((change) =>
        ['naive', 'pikit', 'pikit-awake'].map((peer) => `${peer} ${change}`),
      ),
    );
    const ours = rows.filter(({ peer }) => peer !== 'naive');
    expect(ours.map(({ mixedMs }) => mixedMs)).toEqual([0, 0, 0, 0]);
    // The device has asked before, and the server knows by its entity tag that nothing is new.
    const asked = ours.filter(({ change }) => change === 'none');
    expect(asked.map(({ requests }) => requests)).toEqual([1, 1]);
    expect(Math.max(...asked.map(({ wireBytes }) => wireBytes))).toBeLessThanOrEqual(2048);
    const isMeasured = rows.some(({ deviceBytes }) => deviceBytes !== null);
    expect(isMeasured).toBe((await reasonAgainstLoop(tmpdir())) === undefined);
  },
);

it('says how it is used when it is not understood', async () => {
  await expect(run('--fast')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('usage: npm run bench') as string,
  });
});

it('helps', async () => {
  expect((await run('--help')).stdout).toContain('--quick');
});
