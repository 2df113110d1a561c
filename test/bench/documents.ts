/** Brings the documents of a bench up to date: only what lies between two marks of the page is ours, the words are a person's. */
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { plot } from './plot.ts';
import { reportText } from './report.ts';
import type { Row } from './rounds.ts';
import { slopePlot } from './slope-plot.ts';

interface Marks {
  readonly begin: string;
  readonly end: string;
}

const MARKS: Marks = {
  begin: '<!-- from here to the end mark: written by npm run bench -->',
  end: '<!-- end -->',
};

/** Rejects when the page or its marks are missing. */
export async function writeDocuments(
  directory: string,
  rows: readonly Row[],
  missing: readonly string[],
): Promise<void> {
  const file = join(directory, 'benchmarks.md');
  const without = missing.length === 0 ? [] : [`Not measured: ${missing.join('; ')}.`];
  const words = [machineText(), ...without].join('\n\n');
  const page = between(await readFile(file, 'utf8'), resultText(rows, words));
  await writeFile(
    join(directory, 'benchmarks.json'),
    `${JSON.stringify({ rows }, undefined, 2)}\n`,
  );
  await writeFile(join(directory, 'benchmarks.svg'), plot(rows));
  await writeFile(join(directory, 'benchmarks-slope.svg'), slopePlot(rows));
  await writeFile(file, page);
}

export function between(page: string, text: string, marks = MARKS): string {
  const [begin, end] = [page.indexOf(marks.begin), page.indexOf(marks.end)];
  if (begin < 0 || end < begin)
    throw new Error('the page lacks the marks that results stand between');
  return `${page.slice(0, begin + marks.begin.length)}\n\n${text}\n\n${page.slice(end)}`;
}

export function resultText(rows: readonly Row[], words: string): string {
  return [
    words,
    '![A typical change, in relation to the script of the plan](benchmarks.svg)',
    '![What the cost grows with](benchmarks-slope.svg)',
    reportText(rows),
  ].join('\n\n');
}

export function machineText(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim().replaceAll(/\s+/g, ' ') ?? 'unknown';
  const { version } = process;
  const [, , load = 0] = loadavg();
  return (
    `Measured with Node ${version} on ${String(processors.length)} processors (${model}), with a load of ` +
    `${load.toFixed(1)} in the last quarter of an hour. Where that is more than about one, others had a share of the ` +
    'processors, and times are of little use.'
  );
}
