#!/usr/bin/env node
/**
 * `npm run test:crash`: sets up, runs every crash test and says how many points were tried. With `--json` the last line of
 * stdout is one JSON document. The tests themselves judge; this only adds up what they counted.
 */
import { count, readOptions, refuse } from '../support/command-line.mjs';
import { runCounted, wordsOf } from '../support/run-tests.mjs';

const HELP = `usage: npm run test:crash -- [options]

options:
  --json         the report as one line of JSON on stdout, everything else on stderr
  --seed N       draw what the run with this seed drew (default: a new one, which is printed)
  --cuts N       power cuts for each filesystem (default 100; \`npm test\` makes 40)
  --share S      of the kills and disk errors, up to 1 (default 1; \`npm test\` tries a tenth)
  --only WORDS   only the test files whose path has one of these words, such as \`power-cut\`
  --help

Needs root, because it mounts filesystems of its own; \`--only every,kill,disk-errors\` runs what needs no root.

variables:
  PIKIT_CRASH_POINT  a regular expression that chooses among kills and disk errors, such as 'update: kill-after 17'
  PIKIT_CRASH_KEEP   a directory for the disk images of the power cuts that broke something
`;

const options = readOptions(HELP, {
  json: { type: 'boolean', default: false },
  seed: { type: 'string' },
  cuts: { type: 'string', default: '100' },
  share: { type: 'string', default: '1' },
  only: { type: 'string', default: '' },
});
if (process.getuid?.() !== 0 && options.only === '') {
  process.stderr.write('This mounts filesystems of its own, so it needs root. See --help.\n');
  process.exit(1);
}
if (!(Number(options.share) > 0 && Number(options.share) <= 1)) {
  refuse(`--share takes a number above 0 and up to 1, not ${options.share}`);
}
const seed = count('seed', options.seed ?? String(Date.now() % 2 ** 31));
const cuts = count('cuts', options.cuts);
process.stderr.write(`seed ${seed}, ${cuts} cuts for each filesystem\n`);
const counted = runCounted('crash', 'PIKIT_CRASH_TALLY', {
  args: wordsOf(options.only),
  env: {
    PIKIT_CRASH_SEED: String(seed),
    PIKIT_CRASH_CUTS: String(cuts),
    PIKIT_CRASH_SHARE: options.share,
  },
  isQuiet: options.json,
});
process.exitCode = report(counted);

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
