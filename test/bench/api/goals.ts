/** What the api is to reach, beside what came out. It judges figures, and measures nothing. */
import { markdownTable } from '../markdown-table.ts';
import type { Figures } from './run.ts';

interface Goal {
  readonly what: string;
  readonly value: (figures: Figures) => number | null;
  readonly least?: number;
  readonly most?: number;
}

const ratioOf = ({ statusRps, ceilingRps }: Figures): number | null =>
  statusRps === null || ceilingRps === null ? null : statusRps / ceilingRps;

const GOALS: readonly Goal[] = [
  { what: 'status ÷ bare hono, requests per second', value: ratioOf, least: 0.5 },
  { what: 'status at 500/s, p99 (ms)', value: ({ p99Ms }) => p99Ms, most: 50 },
  {
    what: 'the same while an update runs (ms)',
    value: ({ p99DuringUpdateMs }) => p99DuringUpdateMs,
    most: 100,
  },
  { what: 'event streams served at once', value: ({ sseClients }) => sseClients, least: 1000 },
  { what: 'event streams that missed an end', value: ({ sseMissed }) => sseMissed, most: 0 },
  { what: 'growth of memory (MB)', value: ({ rssGrowthMB }) => rssGrowthMB, most: 30 },
  {
    what: 'event loop late while hashing, p99 (ms)',
    value: ({ loopDelayP99Ms }) => loopDelayP99Ms,
    most: 50,
  },
];

export function goalTable(figures: Figures): string {
  const rows = GOALS.map(({ what, value, least = -Infinity, most = Infinity }) => {
    const measured = value(figures);
    const goal = least === -Infinity ? `≤ ${String(most)}` : `≥ ${String(least)}`;
    if (measured === null) return [what, goal, '–', 'not measured'];
    const reached = measured >= least && measured <= most ? 'yes' : 'no';
    return [what, goal, String(Math.round(measured * 100) / 100), reached];
  });
  return markdownTable(['', 'goal', 'measured', 'reached'], rows);
}

export function rateText({ statusRps, ceilingRps }: Figures): string {
  if (statusRps === null || ceilingRps === null) return '';
  return `Status: ${String(statusRps)} requests per second, bare hono: ${String(ceilingRps)}.`;
}
