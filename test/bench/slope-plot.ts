/** The picture of what the cost grows with: a panel for each measure and series, a line for each peer, both axes logarithmic. */
import { peerColour } from './plot.ts';
import { MEASURES, seriesOf, type Measure, type Series } from './slope.ts';
import type { Row } from './rounds.ts';

const PANEL = { width: 230, height: 190, left: 44, right: 14, top: 48, bottom: 34 };
const FONT = 'font-family="sans-serif" font-size="10"';

interface Scale {
  readonly place: (value: number) => number;
  /** Powers of ten. */
  readonly ticks: readonly number[];
}

export function slopePlot(rows: readonly Row[]): string {
  const series = seriesOf(rows).filter(({ points }) => points.length > 0);
  const panels = series.flatMap((one, line) =>
    MEASURES.map(({ measure, title, unit, divisor }, column) => {
      const at = `translate(${String(column * PANEL.width)} ${String(line * PANEL.height)})`;
      return `<g transform="${at}">${panel(one, measure, `${title}, ${unit}`, divisor)}</g>`;
    }),
  );
  const height = PANEL.height * Math.max(1, series.length) + 24;
  const peers = [...new Set(series.flatMap(({ points }) => points.map(({ row }) => row.peer)))];
  const legend = peers.map(
    (peer, index) =>
      `<text x="${String(PANEL.left + index * 90)}" y="${String(height - 8)}" fill="${peerColour(peer)}" font-weight="bold">${peer}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(PANEL.width * MEASURES.length)} ${String(height)}" ${FONT}>
<title>What the cost of an update grows with (both axes logarithmic; a flat line does not grow)</title>
<rect width="100%" height="100%" fill="#fff"/>
${[...panels, ...legend].join('\n')}
</svg>
`;
}

function panel(
  { title, x, points }: Series,
  measure: Measure,
  name: string,
  divisor: number,
): string {
  const measured = points.flatMap((point) => {
    const value = point.row[measure];
    const isShown = value !== null && value > 0;
    return isShown ? [{ peer: point.row.peer, x: x(point), y: value / divisor }] : [];
  });
  const right = PANEL.width - PANEL.right;
  const bottom = PANEL.height - PANEL.bottom;
  const across = logScale(
    measured.map((one) => one.x),
    PANEL.left,
    right,
  );
  const up = logScale(
    measured.map((one) => one.y),
    bottom,
    PANEL.top,
  );
  const lines = [...new Set(measured.map(({ peer }) => peer))].map((peer) => {
    const places = measured
      .filter((one) => one.peer === peer)
      .map((one) => [across.place(one.x).toFixed(1), up.place(one.y).toFixed(1)] as const);
    const dots = places.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="2.5"/>`).join('');
    const path = places.map((place) => place.join(',')).join(' ');
    const colour = peerColour(peer);
    return `<g fill="${colour}"><polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>${dots}</g>`;
  });
  const grid = [
    ...up.ticks.map((tick) => {
      const y = up.place(tick).toFixed(1);
      return `<path d="M${String(PANEL.left)} ${y}H${String(right)}" stroke="#ddd"/><text x="${String(PANEL.left - 4)}" y="${y}" dy="3" text-anchor="end">${shortText(tick)}</text>`;
    }),
    ...across.ticks.map((tick) => {
      const place = across.place(tick).toFixed(1);
      return `<path d="M${place} ${String(PANEL.top)}V${String(bottom)}" stroke="#ddd"/><text x="${place}" y="${String(bottom + 12)}" text-anchor="middle">${shortText(tick)}</text>`;
    }),
  ];
  const words = `<text x="12" y="20" font-size="13" font-weight="bold">${name}</text><text x="12" y="36" fill="#555">by ${title}</text>`;
  return [words, ...grid, ...lines].join('');
}

/** From the power of ten below the smallest to the one above the largest. */
function logScale(values: readonly number[], from: number, to: number): Scale {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  return {
    place: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
    ticks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)),
  };
}

function shortText(value: number): string {
  if (value >= 1e6) return `${String(value / 1e6)}M`;
  return value >= 1000 ? `${String(value / 1000)}k` : String(value);
}
