/** The rows of a run as text: a table for each workload and change, in relation to the plan's script, and what is to be reached. */
import { NAIVE } from './peers.ts';
import type { Row } from './rounds.ts';
import { ratio } from './statistics.ts';

/** Columns are padded, so that it can be read as it stands. The first is for words, the others for numbers. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = head.map((cell, column) =>
    Math.max(3, cell.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths
      .map((width, column) => {
        const cell = cells[column] ?? '';
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

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

/** `## M, typical` and its table, for each that was run. The first three columns are ratios to the plan's script. */
export function resultTables(rows: readonly Row[]): string {
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

interface Goal {
  readonly what: string;
  readonly of: string;
  /** `S typical`, `none` of any workload, or everywhere where nothing is said. */
  readonly where: string;
  readonly most: number;
  readonly value: (row: Row, peer: (name: string) => Row | undefined) => number | undefined;
}

const against =
  (name: string, measure: 'wallMs' | 'wireBytes' | 'deviceBytes'): Goal['value'] =>
  (row, peer) =>
    ratio(row[measure], peer(name)?.[measure] ?? null);

/** At most so much, of each row that it is said of. */
const GOALS: readonly Goal[] = [
  ...(
    [
      ['S typical', 0.22, 0.05, 0.12, 0.6],
      ['M typical', 0.07, 0.02, 0.05, 0.25],
    ] as const
  ).flatMap(([where, spans, patch, device, wall]): readonly Goal[] => [
    {
      what: 'wire ÷ naive, spans',
      of: 'pikit-spans',
      where,
      most: spans,
      value: against(NAIVE, 'wireBytes'),
    },
    { what: 'wire ÷ naive', of: 'pikit', where, most: patch, value: against(NAIVE, 'wireBytes') },
    {
      what: 'device ÷ naive',
      of: 'pikit',
      where,
      most: device,
      value: against(NAIVE, 'deviceBytes'),
    },
    { what: 'wall ÷ naive', of: 'pikit', where, most: wall, value: against(NAIVE, 'wallMs') },
  ]),
  { what: 'wire bytes', of: 'pikit', where: 'none', most: 2048, value: (row) => row.wireBytes },
  { what: 'requests', of: 'pikit', where: 'none', most: 1, value: (row) => row.requests },
  {
    what: 'device ÷ naive',
    of: 'pikit',
    where: 'none',
    most: 0.02,
    value: against(NAIVE, 'deviceBytes'),
  },
  { what: 'wall ÷ naive', of: 'pikit', where: 'none', most: 0.5, value: against(NAIVE, 'wallMs') },
  { what: 'mixed ms', of: 'pikit', where: '', most: 0, value: (row) => row.mixedMs },
  { what: 'RSS MB', of: 'pikit', where: '', most: 80, value: (row) => row.rssMB },
  { what: 'wall ÷ ostree', of: 'pikit', where: '', most: 1.1, value: against('ostree', 'wallMs') },
];

/** What the project wants to reach beside what came out, of the rows that there are. */
export function goalTable(rows: readonly Row[]): string {
  const lines = GOALS.flatMap(({ what, of, where, most, value }) =>
    rows
      .filter(({ peer }) => peer === of)
      .filter(({ workload, change }) => ['', change, `${workload} ${change}`].includes(where))
      .flatMap((row) => {
        const { workload, change } = row;
        const peer = (name: string): Row | undefined =>
          rows.find((r) => r.peer === name && r.workload === workload && r.change === change);
        const found = value(row, peer);
        if (found === undefined) return [];
        const isReached = found <= most ? 'yes' : 'no';
        return [
          [`${workload}, ${change}: ${what}`, numberText(most), numberText(found), isReached],
        ];
      }),
  );
  return markdownTable(['goal', 'at most', 'measured', 'reached'], lines);
}

function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(value < 0.1 ? 3 : 2);
}
