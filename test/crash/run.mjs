#!/usr/bin/env node
/**
 * `npm run test:crash`: sets up, runs every crash test and says how many points were tried. With `--json` the last line of
 * stdout is one JSON document. The tests themselves judge; this only adds up what they counted.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HELP = `usage: npm run test:crash -- [options]

options:
  --json         the report as one line of JSON on stdout, everything else on stderr
  --seed N       draw what the run with this seed drew (default: a new one, which is printed)
  --cuts N       power cuts for each filesystem (default 100)
  --share S      of the kills and disk errors, up to 1 (default 1; \`npm test\` tries a fifth)
  --only WORDS   only the test files whose path has one of these words, such as \`power-cut\`
  --help

Needs root, because it mounts filesystems of its own; \`--only every,kill,disk-errors\` runs what needs no root.

variables:
  PIKIT_CRASH_POINT  a regular expression that chooses among kills and disk errors, such as 'update: kill-after 17'
  PIKIT_CRASH_KEEP   a directory for the disk images of the power cuts that broke something
`;

const root = fileURLToPath(new URL('../..', import.meta.url));
const options = parse();
if (options.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
if (process.getuid?.() !== 0 && options.only === '') {
  process.stderr.write('This mounts filesystems of its own, so it needs root. See --help.\n');
  process.exit(1);
}
if (!(Number(options.share) > 0 && Number(options.share) <= 1)) {
  refuse(`--share takes a number above 0 and up to 1, not ${options.share}`);
}
const seed = count('seed', options.seed ?? String(Date.now() % 2 ** 31));
const cuts = count('cuts', options.cuts);
process.exitCode = report(tests());

function parse() {
  try {
    return parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        seed: { type: 'string' },
        cuts: { type: 'string', default: '100' },
        share: { type: 'string', default: '1' },
        only: { type: 'string', default: '' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return refuse(error.message);
  }
}

function refuse(text) {
  process.stderr.write(`${text}\nSee --help.\n`);
  process.exit(2);
}

function count(name, text) {
  if (!/^\d{1,10}$/.test(text)) refuse(`--${name} takes a number, not ${text}`);
  return Number(text);
}

/** Whether they passed, and what they counted: one line of JSON each. */
function tests() {
  const directory = mkdtempSync(join(tmpdir(), 'pikit-crash-'));
  try {
    const tally = join(directory, 'tally.jsonl');
    process.stderr.write(`seed ${seed}, ${cuts} cuts for each filesystem\n`);
    const isSetUp = run(['deploy/setup.mjs', 'test'], {}) === 0;
    const words = options.only.split(',').filter((word) => word !== '');
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'crash', ...words];
    const env = {
      PIKIT_CRASH_SEED: String(seed),
      PIKIT_CRASH_CUTS: String(cuts),
      PIKIT_CRASH_SHARE: options.share,
      PIKIT_CRASH_TALLY: tally,
    };
    const passed = isSetUp && run(vitest, env) === 0;
    return { passed, lines: existsSync(tally) ? readFileSync(tally, 'utf8').split('\n') : [] };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function run(args, env) {
  const stdout = options.json ? 2 : 1;
  return spawnSync(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', stdout, 2],
  }).status;
}

/** Returns the exit code. */
function report({ passed, lines }) {
  const points = { model: 0, kill: 0, powercut: { ext4: 0, xfs: 0, btrfs: 0 }, enospc: 0 };
  let broken = 0;
  for (const line of lines.filter((text) => text !== '')) {
    const entry = JSON.parse(line);
    const [kind, filesystem] = entry.kind.split('.');
    if (filesystem === undefined) points[kind] += entry.points;
    else points[kind][filesystem] += entry.points;
    broken += entry.broken;
  }
  // A test that failed before it could count has broken something all the same.
  if (!passed && broken === 0) broken = 1;
  const document = JSON.stringify({ points, broken, seed });
  process.stdout.write(options.json ? `${document}\n` : `\n${document}\n`);
  return broken === 0 ? 0 : 1;
}
