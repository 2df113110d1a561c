/** What the cost grows with, in a sentence, a table and a picture. */
import { expect, it } from 'vitest';
import { reportText } from './report.ts';
import type { Row } from './rounds.ts';
import { slopePlot } from './slope-plot.ts';
import { isOfSlope, seriesOf, slopeText } from './slope.ts';

const row = (peer: string, workload: string, wallMs: number): Row => ({
  peer,
  workload,
  change: 'typical',
  wallMs,
  cpuMs: 100,
  rssMB: 60,
  wireBytes: 5000,
  requests: 3,
  deviceBytes: null,
  mixedMs: 0,
});

const rows = [
  row('naive', '9-of-300', 200),
  row('pikit', '9-of-300', 200),
  row('naive', '9-of-10000', 5000),
  row('pikit', '9-of-10000', 300),
  row('pikit', '9-of-3000', 250),
  row('pikit', '900-of-3000', 900),
];

it('sorts rows into the two series; one point belongs to both', () => {
  const [sizes, changes] = seriesOf([...rows, row('pikit', 'S', 1)]);
  const ours = sizes.points.filter((point) => point.row.peer === 'pikit');
  expect(ours.map(({ files }) => files)).toEqual([300, 3000, 10_000]);
  expect(changes.points.map(({ changed }) => changed)).toEqual([9, 900]);
  expect(isOfSlope(row('pikit', 'S', 1))).toBe(false);
});

it('says how much the cost grows, beside that of the script of the plan', () => {
  const text = slopeText(rows);
  expect(text).toContain('From 300 to 10,000 files in the release, 9 of them changed:');
  expect(text).toMatch(/pikit time × 1\.5, .*; naive time × 25\.0, /);
  expect(text).toContain('From 9 to 900 changed files, in a release of 3,000:');
  expect(text).toMatch(/pikit +\| +10,000 \| +9 \| +300 \|/);
  expect(text).toContain('bytes to the device × –');
});

it('has its own place in the report, and none when nothing of it was measured', () => {
  const [text, others] = [reportText(rows), reportText([row('pikit', 'S', 1)])];
  expect(text).toContain('## What the cost grows with');
  expect(text).not.toContain('## Results');
  expect(others).toContain('### S, typical');
  expect(others).not.toContain('## What the cost grows with');
});

it('draws a line for each peer and a dot for each measured cost', () => {
  const svg = slopePlot(rows);
  // Of the second series there is one peer, and of the device nothing was measured.
  expect(svg.match(/<polyline /g)).toHaveLength(4 * (2 + 1));
  expect(svg.match(/<circle /g)).toHaveLength(4 * (5 + 2));
  expect(svg).not.toContain('NaN');
});
