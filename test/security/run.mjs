#!/usr/bin/env node
/**
 * `npm run test:security`: sets up, runs every security test and says how many attacks were tried. With `--json` the last
 * line of stdout is one JSON document. The tests themselves judge; this only adds up what they counted.
 */
import { readOptions } from '../support/command-line.mjs';
import { runCounted, wordsOf } from '../support/run-tests.mjs';
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

const options = readOptions(HELP, {
  json: { type: 'boolean', default: false },
  only: { type: 'string', default: '' },
});
const counted = runCounted('security', 'PIKIT_SECURITY_TALLY', {
  args: wordsOf(options.only),
  env: {},
  isQuiet: options.json,
});
const { document, complaints } = addUp(counted);
for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
process.stdout.write(`${options.json ? '' : '\n'}${JSON.stringify(document)}\n`);
process.exitCode = complaints.length === 0 ? 0 : 1;
