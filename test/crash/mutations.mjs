/**
 * The edits that the tests must notice. The syncs are found in the sources, so that a new one is on the list from its first
 * day; the others name the text that they change and fail when it is gone.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PLACES = ['adapters', 'steps', 'updater'].map((name) => `packages/agent/src/${name}`);
const SYNC = /(?:\b\w+\.sync|\bdisk\.settle|\bsyncDirectory|\bsyncFile|\bsyncTree)\(/g;

/** One mutation for each call that makes something durable. `name` says file, line and call. */
export function withoutEachSync(root) {
  return PLACES.flatMap((place) =>
    readdirSync(join(root, place)).flatMap((name) => {
      const file = `${place}/${name}`;
      const text = readFileSync(join(root, file), 'utf8');
      return [...text.matchAll(SYNC)].flatMap((match) => withoutCall(file, text, match));
    }),
  );
}

function withoutCall(file, text, { index, 0: opening }) {
  const before = text.slice(0, index);
  if (/function \*?$/.test(before)) return [];
  const end = closing(text, index + opening.length);
  const line = before.split('\n').length;
  return [
    {
      name: `${file}:${line} without ${text.slice(index, end).replaceAll(/\s+/g, ' ')}`,
      file,
      edit: (original) => `${original.slice(0, index)}Promise.resolve()${original.slice(end)}`,
    },
  ];
}

/** The index after the bracket that closes the one before `from`. */
function closing(text, from) {
  let depth = 1;
  let at = from;
  while (depth > 0 && at < text.length) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    at += 1;
  }
  return at;
}

function replacing(name, file, from, to) {
  const edit = (original) => {
    if (original.split(from).length !== 2) throw new Error(`${file} has not one \`${from}\``);
    return original.replace(from, () => to);
  };
  return { name, file, edit };
}

const AGENT = 'packages/agent/src';

export const handMade = [
  replacing(
    'the journal is not written before the flip',
    `${AGENT}/updater/runner.ts`,
    'await store.saveJournal(record);',
    "if (record.phase !== 'activating') await store.saveJournal(record);",
  ),
  replacing(
    'an interrupted transaction begins anew instead of going on',
    `${AGENT}/updater/runner.ts`,
    'const state = next(activeOf(record), event);',
    "const state: State = { ...activeOf(record), phase: 'preflight' };",
  ),
  replacing(
    'what a killed process left is not made durable',
    `${AGENT}/updater/exclusive.ts`,
    'await (settling ??= needs.settle(record));',
    '',
  ),
  replacing(
    'a download that a power cut tore fails the update',
    `${AGENT}/steps/stage-missing.ts`,
    'if (!isContinued || !isOfContent(error)) throw error;',
    'throw error;',
  ),
  replacing(
    'a restarted agent forgets what it had begun',
    `${AGENT}/updater/exclusive.ts`,
    'if (unfinished === undefined) return publishAndTidy',
    'if (unfinished !== undefined) return store.clearJournal(); else return publishAndTidy',
  ),
  replacing(
    'a phase that never survives is tried for ever',
    `${AGENT}/core/transaction.ts`,
    'if (interruptions >= MAX_INTERRUPTIONS)',
    'if (interruptions >= Infinity)',
  ),
  replacing(
    'the way back is not in the journal before the first target is touched',
    `${AGENT}/steps/activating.ts`,
    'if (from === null) await context.amend({ from: adopted, adopted: true });',
    '',
  ),
  replacing(
    'a rename is a copy that can be cut in half',
    `${AGENT}/adapters/durable-write.ts`,
    'const temporary = temporaryName(path);',
    'const temporary = path;',
  ),
  replacing(
    'a roll-back leaves the new release switched on',
    `${AGENT}/steps/rolling-back.ts`,
    'await insist(context, () => activateTree(context, from));',
    '',
  ),
  replacing(
    'the undo of a commit leaves the version file',
    `${AGENT}/steps/rolling-back.ts`,
    "await writeVersion(disk, from?.version ?? 'preexisting');",
    '',
  ),
  replacing(
    'the undo of a commit leaves the backup link',
    `${AGENT}/steps/rolling-back.ts`,
    'await disk.remove(backupPath(id));',
    '',
  ),
  replacing(
    'the history is written after the journal is gone',
    `${AGENT}/updater/runner.ts`,
    'await store.addToHistory(result, tools.policy.limits.history);',
    'await store.clearJournal(); await store.addToHistory(result, tools.policy.limits.history);',
  ),
];
