#!/usr/bin/env node
/**
 * `npm run test:system`: sets up, runs the tests on booted machines and says what they counted and measured. With `--json` the
 * last line of stdout is one JSON document. The tests themselves judge; this only adds up.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { count, readOptions, refuse } from '../support/command-line.mjs';
import { runCounted, wordsOf } from '../support/run-tests.mjs';

const HELP = `usage: npm run test:system -- [options]

options:
  --json         the report as one line of JSON on stdout, everything else on stderr
  --seed N       draw the moments that the run with this seed drew (default: a new one, which is printed)
  --cuts N       power cuts (default 25; \`npm test\` makes 5)
  --only WORDS   only the test files whose path has one of these words, such as \`sandbox\`
  --help

Needs root, mmdebstrap and systemd-nspawn; the first run fetches two Debians, which are kept in /var/cache.
`;

const options = readOptions(HELP, {
  json: { type: 'boolean', default: false },
  seed: { type: 'string' },
  cuts: { type: 'string', default: '25' },
  only: { type: 'string', default: '' },
});
if (process.getuid?.() !== 0) refuse('This boots machines of its own, so it needs root.');
const seed = count('seed', options.seed ?? String(Date.now() % 2 ** 31));
const cuts = count('cuts', options.cuts);
process.stderr.write(`seed ${seed}, ${cuts} power cuts\n`);
const directory = mkdtempSync(join(tmpdir(), 'pikit-system-'));
try {
  process.exitCode = run(join(directory, 'vitest.json'));
} finally {
  rmSync(directory, { recursive: true });
}

/** Returns the exit code. `scenarios` is what vitest counts. */
function run(results) {
  const { passed, lines } = runCounted('system', 'PIKIT_SYSTEM_TALLY', {
    args: [
      ...wordsOf(options.only),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${results}`,
    ],
    env: { PIKIT_SYSTEM_SEED: String(seed), PIKIT_SYSTEM_CUTS: String(cuts) },
    isQuiet: options.json,
  });
  const { numTotalTests, numFailedTests, numPendingTests } = read(results);
  const scenarios = numTotalTests - numPendingTests;
  const entries = lines.filter((line) => line !== '').map((line) => JSON.parse(line));
  const measured = entries.reduce(
    (sum, entry) => ({
      ...sum,
      ...entry,
      powercuts: sum.powercuts + (entry.powercuts ?? 0),
      broken: sum.broken + (entry.broken ?? 0),
      failedRequests: sum.failedRequests + (entry.failedRequests ?? 0),
    }),
    { powercuts: 0, broken: 0, failedRequests: 0 },
  );
  // A run that ended before a test could fail has failed all the same, and so has one that skipped everything.
  const failed = numFailedTests === 0 && (!passed || scenarios === 0) ? 1 : numFailedTests;
  const document = JSON.stringify({ scenarios, failed, ...measured, seed });
  process.stdout.write(options.json ? `${document}\n` : `\n${document}\n`);
  return failed === 0 && measured.broken === 0 ? 0 : 1;
}

function read(results) {
  try {
    return JSON.parse(readFileSync(results, 'utf8'));
  } catch {
    // because vitest did not come to its end
    return { numTotalTests: 0, numFailedTests: 0, numPendingTests: 0 };
  }
}
