/** A picture of a run: for each workload the typical change, every peer a bar of its ratio to the plan's script. SVG as text. */
import { NAIVE } from './peers.ts';
import type { Row } from './rounds.ts';
import { isOfSlope } from './slope.ts';
import { ratio } from './statistics.ts';

const PANEL = { width: 300, label: 90, bar: 11, gap: 4, top: 64 };
/** Longer bars are cut off there; their number is beside them. */
const LONGEST_RATIO = 1.25;

const MEASURES = [
  { measure: 'wallMs', title: 'time' },
  { measure: 'wireBytes', title: 'bytes on the wire' },
  { measure: 'deviceBytes', title: 'bytes written to the device' },
] as const;

export function peerColour(peer: string): string {
  if (peer.startsWith('pikit')) return '#1a6fb5';
  return peer === NAIVE ? '#b5541a' : '#9aa5ae';
}

export function plot(rows: readonly Row[]): string {
  const typical = rows.filter((row) => row.change === 'typical' && !isOfSlope(row));
  const workloads = [...new Set(typical.map(({ workload }) => workload))];
  const peers = Math.max(0, ...workloads.map((name) => ofWorkload(typical, name).length));
  const height = PANEL.top + peers * (PANEL.bar + PANEL.gap) + 16;
  const width = PANEL.width * MEASURES.length;
  const panels = workloads.flatMap((workload, line) =>
    MEASURES.map(({ measure, title }, column) => {
      const place = `translate(${String(column * PANEL.width)} ${String(line * height)})`;
      const bars = panel(ofWorkload(typical, workload), measure);
      return `<g transform="${place}">${heading(`${workload}: ${title}`)}${bars}</g>`;
    }),
  );
  const size = `${String(width)} ${String(Math.max(1, height * workloads.length))}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}" font-family="sans-serif" font-size="10">
<title>A typical change: each peer in relation to the script of the plan (shorter is better)</title>
<rect width="100%" height="100%" fill="#fff"/>
${panels.join('\n')}
</svg>
`;
}

function ofWorkload(rows: readonly Row[], name: string): readonly Row[] {
  return rows.filter(({ workload }) => workload === name);
}

function heading(title: string): string {
  return `<text x="12" y="26" font-size="13" font-weight="bold">${title}</text><text x="12" y="44" fill="#555">÷ naive, shorter is better</text>`;
}

function panel(rows: readonly Row[], measure: (typeof MEASURES)[number]['measure']): string {
  const naive = rows.find(({ peer }) => peer === NAIVE)?.[measure] ?? null;
  const space = PANEL.width - PANEL.label - 50;
  return rows
    .map((row, index) => {
      const value = ratio(row[measure], naive);
      const y = PANEL.top + index * (PANEL.bar + PANEL.gap);
      const long = (Math.min(value ?? 0, LONGEST_RATIO) / LONGEST_RATIO) * space;
      const colour = peerColour(row.peer);
      const baseline = y + PANEL.bar - 2;
      const number = value === undefined ? 'not measured' : value.toFixed(value < 0.1 ? 3 : 2);
      return [
        `<text x="${String(PANEL.label - 6)}" y="${String(baseline)}" text-anchor="end">${row.peer}</text>`,
        `<rect x="${String(PANEL.label)}" y="${String(y)}" width="${long.toFixed(1)}" height="${String(PANEL.bar)}" fill="${colour}"/>`,
        `<text x="${(PANEL.label + long + 4).toFixed(1)}" y="${String(baseline)}">${number}</text>`,
      ].join('');
    })
    .join('');
}
