#!/usr/bin/env node
/** `npm run fuzz`: tries the properties of this directory for as long as it is told, and says how to try a failure again. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HELP = `usage: npm run fuzz -- [options]

options:
  --seconds N   for all properties together (default 60; \`npm test\` takes 20)
  --seed N      draw what the run with this seed drew (default: a new one; a failure prints its own)
  --path P      go straight to the values of a failure, which printed this path; with --seed and --only
  --only TEXT   only the properties whose name matches this regular expression
  --help
`;

const root = fileURLToPath(new URL('../..', import.meta.url));
const options = parse();
if (options.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const env = { ...process.env, PIKIT_FUZZ_SECONDS: String(count('seconds', options.seconds)) };
if (options.seed !== undefined) env.PIKIT_FUZZ_SEED = String(count('seed', options.seed));
if (options.path !== undefined) {
  if (options.seed === undefined || options.only === undefined) {
    refuse('--path belongs to one property and one seed');
  }
  env.PIKIT_FUZZ_PATH = options.path;
}
const only = options.only === undefined ? [] : ['--testNamePattern', options.only];
const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'fuzz', ...only];
const setUp = spawnSync(process.execPath, ['deploy/setup.mjs', 'demo'], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode =
  setUp.status === 0
    ? (spawnSync(process.execPath, vitest, { cwd: root, env, stdio: 'inherit' }).status ?? 1)
    : 1;

function parse() {
  try {
    return parseArgs({
      options: {
        seconds: { type: 'string', default: '60' },
        seed: { type: 'string' },
        path: { type: 'string' },
        only: { type: 'string' },
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
  if (!/^-?\d{1,10}$/.test(text) || (name === 'seconds' && Number(text) < 1)) {
    refuse(`--${name} takes a number, not ${text}`);
  }
  return Number(text);
}
