/**
 * Sets a checkout up and runs one of its vitest projects, for the commands beside `npm test`. What the tests counted is handed
 * out as it stands; nothing is judged here.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** True when all passed. `isQuiet`: stdout stays free for a document. `args`: vitest's own, such as words of file names. */
export function runTests(project, { args, env, isQuiet, purpose = 'test' }) {
  const run = (command) =>
    spawnSync(process.execPath, command, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', isQuiet ? 2 : 1, 2],
    }).status === 0;
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', project, ...args];
  return run(['deploy/setup.mjs', purpose]) && run(vitest);
}

/** Whether they passed, and what they counted: one line of JSON each, in the file that `variable` names to them. */
export function runCounted(project, variable, { args, env, isQuiet }) {
  const directory = mkdtempSync(join(tmpdir(), `pikit-${project}-`));
  try {
    const tally = join(directory, 'tally.jsonl');
    const passed = runTests(project, { args, env: { ...env, [variable]: tally }, isQuiet });
    return { passed, lines: existsSync(tally) ? readFileSync(tally, 'utf8').split('\n') : [] };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Words of file names, as `--only` takes them. */
export function wordsOf(only) {
  return only.split(',').filter((word) => word !== '');
}
