/** What the project wants to reach, beside what came out. It judges the rows that there are, and measures nothing. */
import { markdownTable } from './markdown-table.ts';
import { AWAKE, NAIVE, OURS } from './peers.ts';
import type { Row } from './rounds.ts';
import { ratio } from './statistics.ts';

type Measure = 'wallMs' | 'wireBytes' | 'deviceBytes' | 'rssMB';
type Find = (peer: string, workload: string) => Row | undefined;
type Value = (row: Row, find: Find) => number | undefined;

interface Goal {
  readonly what: string;
  /** A workload and a change; undefined: any. */
  readonly workload?: string;
  readonly change?: Row['change'];
  /** Ours where nothing is said. */
  readonly of?: string;
  readonly most: number;
  readonly value: Value;
}

/** Of the same workload and change. */
const toPeer =
  (name: string, measure: Measure): Value =>
  (row, find) =>
    ratio(row[measure], find(name, row.workload)?.[measure] ?? null);

/** Of the same peer and change. */
const toWorkload =
  (name: string, measure: Measure): Value =>
  (row, find) =>
    ratio(row[measure], find(row.peer, name)?.[measure] ?? null);

const wire = toPeer(NAIVE, 'wireBytes');
const device = toPeer(NAIVE, 'deviceBytes');
const wall = toPeer(NAIVE, 'wallMs');

const S = { workload: 'S', change: 'typical' } as const;
const M = { workload: 'M', change: 'typical' } as const;

/** At most so much, in every row that it is said of. */
const GOALS: readonly Goal[] = [
  { ...S, what: 'wire ÷ naive, spans', of: 'pikit-spans', most: 0.22, value: wire },
  { ...S, what: 'wire ÷ naive', most: 0.05, value: wire },
  { ...S, what: 'device ÷ naive', most: 0.12, value: device },
  { ...S, what: 'wall ÷ naive', most: 0.6, value: wall },
  { ...S, what: 'wall ÷ naive, awake', of: AWAKE, most: 0.6, value: wall },
  { ...M, what: 'wire ÷ naive, spans', of: 'pikit-spans', most: 0.07, value: wire },
  { ...M, what: 'wire ÷ naive', most: 0.02, value: wire },
  { ...M, what: 'device ÷ naive', most: 0.05, value: device },
  { ...M, what: 'wall ÷ naive', most: 0.25, value: wall },
  { ...M, what: 'wall ÷ naive, awake', of: AWAKE, most: 0.25, value: wall },
  { workload: 'S-card', what: 'wall ÷ naive', most: 0.6, value: wall },
  { workload: 'M-card', what: 'wall ÷ naive', most: 0.25, value: wall },
  { change: 'none', what: 'wire bytes', most: 2048, value: (row) => row.wireBytes },
  { change: 'none', what: 'requests', most: 1, value: (row) => row.requests },
  { change: 'none', what: 'device ÷ naive', most: 0.02, value: device },
  { change: 'none', what: 'wall ÷ naive', most: 0.5, value: wall },
  { change: 'none', what: 'wall ÷ naive, awake', of: AWAKE, most: 0.5, value: wall },
  { workload: 'homebridge', what: 'wire ÷ naive', most: 0.05, value: wire },
  { workload: 'homebridge-link', what: 'wire ÷ naive', most: 0.05, value: wire },
  { workload: 'homebridge-link', what: 'wall ÷ naive', most: 0.25, value: wall },
  { workload: 'homebridge-link', what: 'wall ÷ naive, awake', of: AWAKE, most: 0.25, value: wall },
  { workload: 'homebridge-home', what: 'wall ÷ naive', most: 0.25, value: wall },
  { what: 'mixed ms', most: 0, value: (row) => row.mixedMs },
  { what: 'RSS MB', most: 80, value: (row) => row.rssMB },
  { workload: 'L', what: 'RSS ÷ that of S', most: 1.1, value: toWorkload('S', 'rssMB') },
  { what: 'wall ÷ ostree', most: 1.1, value: toPeer('ostree', 'wallMs') },
  { what: 'wire ÷ ostree', most: 1, value: toPeer('ostree', 'wireBytes') },
];

/** A line for each goal. Of several rows it shows the worst, and in how many the goal is missed. */
export function goalTable(rows: readonly Row[]): string {
  const lines = GOALS.flatMap((goal) => {
    const found = rows.flatMap((row) => {
      const value = isMeant(goal, row) ? goal.value(row, finderBeside(rows, row)) : undefined;
      return value === undefined ? [] : [{ value, where: `${row.workload}, ${row.change}` }];
    });
    const worst = found.toSorted((one, other) => other.value - one.value)[0];
    if (worst === undefined) return [];
    const missed = found.filter(({ value }) => value > goal.most).length;
    const isReached = missed === 0 ? 'yes' : `no: ${String(missed)} of ${String(found.length)}`;
    return [[goal.what, worst.where, numberText(goal.most), numberText(worst.value), isReached]];
  });
  return markdownTable(['goal', 'worst in', 'at most', 'measured', 'reached'], lines);
}

function isMeant({ of = OURS, workload, change }: Goal, row: Row): boolean {
  return (
    row.peer === of &&
    (workload === undefined || row.workload === workload) &&
    (change === undefined || row.change === change)
  );
}

function finderBeside(rows: readonly Row[], { change }: Row): Find {
  return (peer, workload) =>
    rows.find((row) => row.peer === peer && row.workload === workload && row.change === change);
}

function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(value < 0.1 ? 3 : 2);
}
