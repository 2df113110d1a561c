/** Figures beside goals, and what wrk's report says. */
import { expect, it } from 'vitest';
import { goalTable } from './goals.ts';
import { readReport } from './wrk.ts';

const FIGURES = {
  statusRps: 6000,
  ceilingRps: 10_000,
  p99Ms: 50.1,
  p99DuringUpdateMs: 20,
  sseClients: 1000,
  sseMissed: 0,
  rssGrowthMB: 10,
  loopDelayP99Ms: 4,
};

it('says of each goal whether it was reached', () => {
  const table = goalTable(FIGURES);
  expect(table).toMatch(/bare hono.*\| +≥ 0\.5 \| +0\.6 \| +yes \|/);
  expect(table).toMatch(/at 500\/s.*\| +≤ 50 \| +50\.1 \| +no \|/);
  expect(goalTable({ ...FIGURES, statusRps: null })).toContain('not measured');
});

it('reads the rate, and believes none with failures in it', () => {
  const report = '  1000 requests in 1.00s\nRequests/sec:   1234.50\nTransfer/sec: 1MB\n';
  expect(readReport(report)).toBe(1234.5);
  expect(() => readReport(`  Non-2xx or 3xx responses: 7\n${report}`)).toThrow('responses: 7');
  expect(() => readReport('unable to connect')).toThrow('no requests per second');
});
