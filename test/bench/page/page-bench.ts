/** `npm run bench -- page`: what the element costs the page that loads it, and how soon a click is seen, in a slow browser. */
import { parseArgs } from 'node:util';
import { repositoryRoot } from '../../support/repository-root.ts';
import { hasChromium, launchChromium } from '../../browser/support/chromium.ts';
import { markdownTable } from '../markdown-table.ts';
import { median } from '../statistics.ts';
import { lookAtClicks, lookAtLoad, SLOWDOWN, type Clicks, type Load } from './page-looks.ts';
import { openPageStage } from './page-stage.ts';

export const PAGE_HELP = `Measures a page with the element beside the same page without, in Chromium at ${String(SLOWDOWN)} times slowdown.

usage: npm run bench -- page [options]

options:
  --rounds N         so many of each, in turn (default 7)
  --json             one line of JSON at the end of stdout, everything else on stderr
  --help
`;

interface PageOptions {
  readonly help: boolean;
  readonly json: boolean;
  readonly rounds: number;
}

/** Throws an `Error` whose message is a sentence for the person at the keyboard. */
export function readPageOptions(argv: readonly string[]): PageOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rounds: { type: 'string', default: '7' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100) {
    throw new Error('--rounds takes a number from 1 to 100');
  }
  return { help: values.help, json: values.json, rounds };
}

const tenths = (values: readonly number[]): number => Math.round((median(values) ?? 0) * 10) / 10;

export async function benchPage(
  { rounds, json }: PageOptions,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  if (!hasChromium)
    throw new Error('chromium is not installed, so there is nothing to measure with');
  const stage = await openPageStage(repositoryRoot());
  const browser = await launchChromium();
  const loads = { with: [] as Load[], without: [] as Load[] };
  const clicks: Clicks[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      signal.throwIfAborted();
      loads.without.push(await lookAtLoad(browser, stage, 'without'));
      loads.with.push(await lookAtLoad(browser, stage, 'with'));
      clicks.push(await lookAtClicks(browser, stage));
    }
  } finally {
    await browser.close();
    stage.close();
  }
  const figures = {
    scriptMs: tenths(loads.with.map(({ script }) => script)),
    mainThreadMs: tenths(loads.with.map(({ task }) => task)),
    barePageMs: tenths(loads.without.map(({ task }) => task)),
    openMs: tenths(clicks.map(({ open }) => open)),
    filledMs: tenths(clicks.map(({ filled }) => filled)),
    installMs: tenths(clicks.map(({ install }) => install)),
  };
  const rows = [
    ['script of the element, with what it loads when idle (ms)', '≤ 50', String(figures.scriptMs)],
    ['main thread of the page with it (ms)', '', String(figures.mainThreadMs)],
    ['main thread of the page without (ms)', '', String(figures.barePageMs)],
    ['click on the chip until it is seen (ms)', '≤ 100', String(figures.openMs)],
    ['click on the chip until all of the dialog is there (ms)', '', String(figures.filledMs)],
    ['click on install until it is seen (ms)', '≤ 100', String(figures.installMs)],
  ];
  say(markdownTable(['what', 'goal', 'measured'], rows));
  if (json) process.stdout.write(`${JSON.stringify(figures)}\n`);
}
