#!/usr/bin/env node
/** `npm run fuzz`: tries the properties of this directory for as long as it is told, and says how to try a failure again. */
import { count, readOptions, refuse } from '../support/command-line.mjs';
import { runTests } from '../support/run-tests.mjs';

const HELP = `usage: npm run fuzz -- [options]

options:
  --seconds N   for all properties together (default 60; \`npm test\` takes 30)
  --seed N      draw what the run with this seed drew (default: a new one; a failure prints its own)
  --path P      go straight to the values of a failure, which printed this path; with --seed and --only
  --only TEXT   only the properties whose name matches this regular expression
  --help
`;

const options = readOptions(HELP, {
  seconds: { type: 'string', default: '60' },
  seed: { type: 'string' },
  path: { type: 'string' },
  only: { type: 'string' },
});
const seconds = count('seconds', options.seconds);
if (seconds < 1) refuse(`--seconds takes a number, not ${options.seconds}`);
const env = { PIKIT_FUZZ_SECONDS: String(seconds) };
if (options.seed !== undefined)
  env.PIKIT_FUZZ_SEED = String(count('seed', options.seed, /^-?\d{1,10}$/));
if (options.path !== undefined) {
  if (options.seed === undefined || options.only === undefined) {
    refuse('--path belongs to one property and one seed');
  }
  env.PIKIT_FUZZ_PATH = options.path;
}
const args = options.only === undefined ? [] : ['--testNamePattern', options.only];
const passed = runTests('fuzz', { args, env, isQuiet: false, purpose: 'demo' });
process.exitCode = passed ? 0 : 1;
