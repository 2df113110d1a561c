#!/usr/bin/env node
/**
 * Proves that the tests bite: on a copy of the checkout it takes away one sync, one journal write, one branch of the
 * recovery at a time, and each time a test must fail. Says which edit was caught by what; ends with one line of JSON.
 * Arguments are words that choose among the edits; `--list` only names them, and fails when one does not fit any more.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { handMade, withoutEachSync } from './mutations.mjs';

/** In this order: seconds, minutes, and what the crash tests miss a test of one file may still notice. */
const SUITES = [
  { project: 'crash', files: 'test/crash/every-acknowledgement' },
  { project: 'crash', files: 'test/crash/plain-targets' },
  { project: 'crash', files: 'test/crash/every' },
  { project: 'unit', files: 'packages/agent/test' },
];
const LONGEST_RUN_MS = 10 * 60 * 1000;

const options = process.argv.slice(2).filter((word) => word.startsWith('-') && word !== '--list');
if (options.length > 0) {
  process.stderr.write('usage: node test/crash/mutants.mjs [--list] [WORDS OF AN EDIT]...\n');
  process.exit(2);
}
const checkout = fileURLToPath(new URL('../..', import.meta.url));
const isList = process.argv.includes('--list');
const wanted = process.argv.slice(2).filter((word) => word !== '--list');
const copy = mkdtempSync(join(tmpdir(), 'pikit-mutants-'));
try {
  layDown();
  process.exitCode = main();
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function main() {
  const mutations = [...withoutEachSync(copy), ...handMade].filter(
    ({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)),
  );
  if (isList) return list(mutations);
  const healthy = failingSuite();
  if (healthy !== undefined) {
    process.stderr.write(`the tests fail without any edit (${healthy}): nothing can be proved\n`);
    return 1;
  }
  const survivors = [];
  for (const mutation of mutations) {
    const suite = attempt(mutation);
    process.stderr.write(
      `${suite === undefined ? 'SURVIVED' : `caught by ${suite}`}: ${mutation.name}\n`,
    );
    if (suite === undefined) survivors.push(mutation.name);
  }
  process.stdout.write(`${JSON.stringify({ mutations: mutations.length, survivors })}\n`);
  return survivors.length === 0 && mutations.length > 0 ? 0 : 1;
}

function list(mutations) {
  for (const { name, file, edit } of mutations) {
    const original = readFileSync(join(copy, file), 'utf8');
    if (edit(original) === original) throw new Error(`changes nothing: ${name}`);
    process.stdout.write(`${name}\n`);
  }
  return 0;
}

/** What git knows and what is not committed yet; the dependencies are shared. */
function layDown() {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const files = execFileSync('git', list, { cwd: checkout, encoding: 'utf8' }).split('\0');
  for (const file of files.filter((name) => name !== '')) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(checkout, file), join(copy, file));
  }
  symlinkSync(join(checkout, 'node_modules'), join(copy, 'node_modules'));
}

/** The suite that noticed, or undefined. */
function attempt({ file, edit }) {
  const path = join(copy, file);
  const original = readFileSync(path, 'utf8');
  writeFileSync(path, edit(original));
  try {
    return failingSuite();
  } finally {
    writeFileSync(path, original);
  }
}

function failingSuite() {
  for (const { project, files } of SUITES) {
    const args = ['run', '--project', project, '--bail', '1', files];
    const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', ...args], {
      cwd: copy,
      stdio: 'ignore',
      timeout: LONGEST_RUN_MS,
    });
    if (status !== 0) return `${project} (${files})`;
  }
  return undefined;
}
