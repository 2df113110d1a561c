/** Looks for what lies about and should not. Which of it matters is judged elsewhere; nothing is removed. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  asidePath,
  damagedPath,
  DOWNLOADS,
  GUARD_FILES,
  HISTORY_FILE,
  IMPORT_FILE,
  JOURNAL_FILE,
  KEPT_FILE,
  keptPath,
  SETTINGS_FILE,
  STAGING,
  STATE_FILE,
  TRUST_FILE,
} from '../../core/layout.ts';
import type { LeftoverFacts } from '../doctor/leftovers.ts';

interface Question {
  readonly root: string;
  readonly targets: readonly string[];
  readonly edited: readonly string[];
  /** Then what is half-done is in use. */
  readonly isUpdating: boolean;
}

const RECORDS = [
  STATE_FILE,
  JOURNAL_FILE,
  SETTINGS_FILE,
  TRUST_FILE,
  HISTORY_FILE,
  GUARD_FILES.armed,
];

export async function findLeftovers(question: Question): Promise<LeftoverFacts> {
  const { root, targets, edited, isUpdating } = question;
  const list = async (path: string): Promise<readonly string[]> =>
    (await readdir(join(root, path)).catch((): string[] => [])).map((name) => `${path}/${name}`);
  const has = async (path: string): Promise<boolean> => (await list(dirname(path))).includes(path);
  const only = async (paths: readonly string[]): Promise<readonly string[]> => {
    const there = await Promise.all(paths.map(has));
    return paths.filter((_, index) => there[index]);
  };
  const beside = (await Promise.all(targets.map((path) => list(dirname(path))))).flat();
  const isKept = (path: string): boolean =>
    targets.some((target) => basename(path).startsWith(basename(keptPath(target, NOBODY))));
  const halfDone = [
    ...(await list(STAGING)),
    ...(await list(DOWNLOADS)),
    ...(await only([IMPORT_FILE, ...targets.map(asidePath)])),
  ];
  const isWanted = isUpdating || (await has(KEPT_FILE));
  return {
    damagedRecords: await only(RECORDS.map(damagedPath)),
    keptAside: [...new Set(beside.filter(isKept))],
    edited,
    halfDone: isWanted ? [] : halfDone,
  };
}

/** For the beginning of a name whose end is anybody's transaction. */
const NOBODY = '' as Parameters<typeof keptPath>[1];
