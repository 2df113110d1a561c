/** What a person reads of a run: tables, goals, the picture, and how they get into the page. */
import { expect, it } from 'vitest';
import { between, resultText } from './documents.ts';
import { goalTable } from './goals.ts';
import { markdownTable } from './markdown-table.ts';
import { plot } from './plot.ts';
import { reportText } from './report.ts';
import type { Row } from './rounds.ts';

const naive: Row = {
  peer: 'naive',
  workload: 'S',
  change: 'typical',
  wallMs: 400,
  cpuMs: 200,
  rssMB: 11,
  wireBytes: 2_500_000,
  requests: 2,
  deviceBytes: 20_000_000,
  mixedMs: 60,
};
const ours: Row = {
  ...naive,
  peer: 'pikit',
  wallMs: 200,
  wireBytes: 100_000,
  deviceBytes: null,
  mixedMs: 0,
};

it('pads its columns', () => {
  expect(markdownTable(['name', 'n'], [['a longer one', '12345']])).toBe(
    `| name         |     n |
| ------------ | ----: |
| a longer one | 12345 |`,
  );
});

it('shows ratios to the script of the plan', () => {
  const text = reportText([naive, ours]);
  expect(text).toContain('### S, typical');
  expect(text).toMatch(/\| naive \| 1\.00 \| +1\.00 \| +1\.00 \|/);
  expect(text).toMatch(/\| pikit \| 0\.50 \| 0\.040 \| +– \|/);
});

it('says which goals are reached', () => {
  const text = goalTable([naive, ours]);
  expect(text).toMatch(/wall ÷ naive +\| +S, typical +\| +0\.60 \| +0\.50 \| +yes \|/);
  expect(text).toMatch(/wire ÷ naive +\| +S, typical +\| +0\.050 \| +0\.040 \| +yes \|/);
  const slow = goalTable([naive, { ...ours, wallMs: 390 }]);
  expect(slow).toMatch(/wall ÷ naive +\| +S, typical +\| +0\.60 \| +0\.97 \| +no: 1 of 1 \|/);
});

it('shows the worst row of a goal that is said of many, and how many miss it', () => {
  const rows = [79, 99, 88].map((rssMB, index): Row => ({ ...ours, workload: `W${index}`, rssMB }));
  expect(goalTable(rows)).toMatch(/RSS MB +\| +W1, typical +\| +80 \| +99 \| +no: 2 of 3 \|/);
});

it('compares with another peer, and with the same one in a smaller workload', () => {
  const large = { ...ours, workload: 'L', rssMB: 13.2 };
  const ostree = { ...naive, peer: 'ostree', wallMs: 160, wireBytes: 200_000 };
  const text = goalTable([naive, ostree, ours, large, { ...ostree, workload: 'L' }]);
  expect(text).toMatch(/RSS ÷ that of S +\| +L, typical +\| +1\.10 \| +1\.20 \| +no: 1 of 1 \|/);
  expect(text).toMatch(/wall ÷ ostree +\| +S, typical +\| +1\.10 \| +1\.25 \| +no: 2 of 2 \|/);
  expect(text).toMatch(/wire ÷ ostree +\| +S, typical +\| +1 \| +0\.50 \| +yes \|/);
});

it('asks nothing of what was not measured', () => {
  expect(goalTable([naive, ours])).not.toContain('device');
});

it('draws a bar for each peer, and says where there is none', () => {
  const svg = plot([naive, ours]);
  expect(svg.match(/<rect /g)).toHaveLength(1 + 3 * 2);
  expect(svg).toContain('>not measured<');
  expect(svg).toContain('>0.040<');
});

it('replaces only what stands between the marks', () => {
  const marks = [/<!-- from here.*-->/, /<!-- end -->/];
  const page = `words\n\n<!-- from here to the end mark: written by npm run bench -->\n\nold\n\n<!-- end -->\nmore\n`;
  const text = between(page, resultText([naive, ours], 'Measured here.'));
  expect(text).toMatch(/^words\n\n/);
  expect(text).toMatch(/-->\nmore\n$/);
  expect(text).not.toContain('old');
  expect(marks.every((mark) => mark.test(text))).toBe(true);
  expect(between(text, 'new')).toBe(page.replace('old', 'new'));
});

it('refuses a page without marks', () => {
  expect(() => between('words', 'new')).toThrow('the page lacks the marks');
});
