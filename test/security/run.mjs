#!/usr/bin/env node
/**
 * `npm run test:security`: sets up, runs every security test and says how many attacks were tried. With `--json` the last
 * line of stdout is one JSON document. The tests themselves judge; this only adds up what they counted.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { addUp } from './add-up.mjs';

const HELP = `usage: npm run test:security -- [options]

Attacks the agent: with hostile bundles, manifests and signatures, as the owner of the release server, and as a peer on
its sockets. Exits 0 only when every part was tried, every attack was answered as it must be, and nothing was touched.

options:
  --json         the report as one line of JSON on stdout, everything else on stderr
  --only WORDS   only the test files whose path has one of these words, such as \`corpus\`; then a part is missing, and it
                 exits 1
  --help
`;

const root = fileURLToPath(new URL('../..', import.meta.url));
const options = parse();
if (options.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const { document, complaints } = addUp(tests());
for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
process.stdout.write(`${options.json ? '' : '\n'}${JSON.stringify(document)}\n`);
process.exitCode = complaints.length === 0 ? 0 : 1;

function parse() {
  try {
    return parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    process.stderr.write(`${error.message}\nSee --help.\n`);
    process.exit(2);
  }
}

/** Whether they passed, and what they counted: one line of JSON each. */
function tests() {
  const directory = mkdtempSync(join(tmpdir(), 'pikit-security-'));
  try {
    const tally = join(directory, 'tally.jsonl');
    const isSetUp = run(['deploy/setup.mjs', 'test'], {}) === 0;
    const words = options.only.split(',').filter((word) => word !== '');
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'security', ...words];
    const passed = isSetUp && run(vitest, { PIKIT_SECURITY_TALLY: tally }) === 0;
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
