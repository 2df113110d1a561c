/** The rows of a run as text: a table for each workload and change, in relation to the plan's script. */
import { goalTable } from './goals.ts';
import { markdownTable } from './markdown-table.ts';
import { NAIVE } from './peers.ts';
import type { Row } from './rounds.ts';
import { isOfSlope, slopeText } from './slope.ts';
import { ratio } from './statistics.ts';

const HEAD = [
  'peer',
  'wall',
  'wire',
  'device',
  'wall ms',
  'CPU ms',
  'RSS MB',
  'wire KB',
  'requests',
  'device KB',
  'mixed ms',
];

/** Goals, tables and slopes, each under its heading where there is something of it. */
export function reportText(rows: readonly Row[]): string {
  const parts = [
    ['## Against the goals', goalTable(rows)],
    ['## What the cost grows with', slopeText(rows)],
    ['## Results', resultTables(rows.filter((row) => !isOfSlope(row)))],
  ] as const;
  return parts.flatMap(([head, text]) => (text === '' ? [] : [head, text])).join('\n\n');
}

/** `### M, typical` and its table, for each that was run. The first three columns are ratios to the plan's script. */
function resultTables(rows: readonly Row[]): string {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const title = `${row.workload}, ${row.change}`;
    groups.set(title, [...(groups.get(title) ?? []), row]);
  }
  return [...groups]
    .map(([title, group]) => {
      const naive = group.find(({ peer }) => peer === NAIVE);
      return `### ${title}\n\n${markdownTable(
        HEAD,
        group.map((row) => cellsOf(row, naive)),
      )}`;
    })
    .join('\n\n');
}

function cellsOf(row: Row, naive: Row | undefined): readonly string[] {
  const to = (measure: 'wallMs' | 'wireBytes' | 'deviceBytes'): string =>
    ratioText(ratio(row[measure], naive?.[measure] ?? null));
  return [
    row.peer,
    to('wallMs'),
    to('wireBytes'),
    to('deviceBytes'),
    row.wallMs.toFixed(0),
    row.cpuMs.toFixed(0),
    row.rssMB.toFixed(0),
    (row.wireBytes / 1000).toFixed(1),
    String(row.requests),
    row.deviceBytes === null ? '–' : (row.deviceBytes / 1000).toFixed(0),
    row.mixedMs.toFixed(0),
  ];
}

function ratioText(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(value < 0.1 ? 3 : 2);
}
