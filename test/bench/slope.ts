/**
 * What the cost grows with: two series of rows, one with a constant change in releases that grow, the other with changes that grow
 * in a constant release. As points, as a table, and as a sentence.
 */
import { markdownTable } from './markdown-table.ts';
import { NAIVE, OURS } from './peers.ts';
import type { Row } from './rounds.ts';
import { ratio } from './statistics.ts';
import { ALL_WORKLOADS, SLOPE, type GeneratedWorkload } from './workload.ts';

export const MEASURES = [
  { measure: 'wallMs', title: 'time', unit: 'ms', divisor: 1 },
  { measure: 'cpuMs', title: 'processor', unit: 'ms', divisor: 1 },
  { measure: 'wireBytes', title: 'bytes on the wire', unit: 'KB', divisor: 1000 },
  { measure: 'deviceBytes', title: 'bytes to the device', unit: 'KB', divisor: 1000 },
  { measure: 'rssMB', title: 'memory', unit: 'MB', divisor: 1 },
] as const;
export type Measure = (typeof MEASURES)[number]['measure'];

interface Point {
  readonly files: number;
  readonly changed: number;
  readonly row: Row;
}

export interface Series {
  /** For the axis. */
  readonly title: string;
  readonly x: (point: Point) => number;
  /** From small to large. */
  readonly points: readonly Point[];
}

export function seriesOf(rows: readonly Row[]): readonly [sizes: Series, changes: Series] {
  const points = rows.flatMap((row): readonly Point[] => {
    const workload = ALL_WORKLOADS.find(({ name }) => name === row.workload);
    if (workload === undefined || !('files' in workload)) return [];
    const { files, changed }: GeneratedWorkload = workload;
    return changed === undefined ? [] : [{ files, changed, row }];
  });
  const series = (title: string, x: Series['x'], of: readonly Point[]): Series => ({
    title,
    x,
    points: of.toSorted((one, other) => x(one) - x(other)),
  });
  return [
    series(
      `files in the release, ${String(SLOPE.changed)} of them changed`,
      ({ files }) => files,
      points.filter(({ changed }) => changed === SLOPE.changed),
    ),
    series(
      `changed files, in a release of ${grouped(SLOPE.files)}`,
      ({ changed }) => changed,
      points.filter(({ files }) => files === SLOPE.files),
    ),
  ];
}

export function isOfSlope(row: Row): boolean {
  return seriesOf([row]).some(({ points }) => points.length > 0);
}

/** Empty when nothing of it was measured. */
export function slopeText(rows: readonly Row[]): string {
  const some = seriesOf(rows).filter(({ points }) => points.length > 0);
  return some.flatMap((series) => [sentence(series), tableOf(series)]).join('\n\n');
}

/** How many times the last point's cost is the first one's, for us and for the script of the plan. */
function sentence({ title, x, points }: Series): string {
  const growth = (peer: string): string => {
    const own = points.filter(({ row }) => row.peer === peer);
    const [first, last] = [own[0], own.at(-1)];
    return MEASURES.map(({ measure, title: what }) => {
      const times = ratio(last?.row[measure] ?? null, first?.row[measure] ?? null);
      return `${what} × ${times === undefined ? '–' : times.toFixed(1)}`;
    }).join(', ');
  };
  const [from, to] = [points[0], points.at(-1)].map((point) => point && grouped(x(point)));
  return `**From ${from ?? ''} to ${to ?? ''} ${title}:** ${OURS} ${growth(OURS)}; ${NAIVE} ${growth(NAIVE)}.`;
}

function tableOf({ points }: Series): string {
  return markdownTable(
    ['peer', 'files', 'changed', ...MEASURES.map(({ title, unit }) => `${title}, ${unit}`)],
    points
      .toSorted((one, other) => (one.row.peer < other.row.peer ? -1 : 1))
      .map(({ files, changed, row }) => [
        row.peer,
        grouped(files),
        String(changed),
        ...MEASURES.map(({ measure, divisor }) => {
          const value = row[measure];
          return value === null ? '–' : (value / divisor).toFixed(0);
        }),
      ]),
  );
}

const grouped = (value: number): string => value.toLocaleString('en');
