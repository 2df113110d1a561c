/**
 * For whoever removes the updater: every link of ours among the targets becomes a copy of what it leads to, so that the dashboard
 * goes on working when nothing of us is left. It may be run again after a power cut, and needs neither services nor network.
 */
import type { Outcome } from '@pikit/protocol';
import type { Target } from '../core/activation-plan.ts';
import type { JournalRecord, TreeRef } from '../core/journal-record.ts';
import { CURRENT, directoryOf, isOurLink, plainPath } from '../core/layout.ts';
import { leadsBack } from '../core/transaction.ts';
import type { Disk, Lock } from '../ports.ts';
import type { StepContext } from '../steps/context.ts';
import { clearGuard } from '../steps/guard.ts';
import { findBeside, removeAll } from '../steps/leftovers.ts';
import { outwardLinks } from '../steps/outward-links.ts';
import { currentTree } from '../steps/trees.ts';
import { writeVersion } from '../steps/version-file.ts';
import { walk } from '../steps/walk.ts';
import { resultOf } from './runner.ts';
import { policyFor } from './decided-policy.ts';
import type { Store } from './store.ts';

interface Needs {
  readonly tools: Pick<StepContext, 'disk' | 'policy' | 'clock'>;
  readonly store: Pick<Store, 'loadJournal' | 'addToHistory' | 'clearJournal'>;
  readonly lock: Lock;
  /** Finishes a switch that was cut off, else the copies could be a mixture of two releases. */
  readonly mend: () => Promise<unknown>;
}

/** Resolves with the names that were links. `busy` when another process works; `no-space` leaves every link as it was. */
export async function plainTargets({
  tools,
  store,
  lock,
  mend,
}: Needs): Promise<{ readonly plain: readonly string[] }> {
  await mend();
  const held = await lock.acquire('leaving the targets as plain files');
  const { disk } = tools;
  try {
    const policy = policyFor(tools.policy, (await store.loadJournal()) ?? {});
    const names = await namesOf(disk, policy.targets);
    const links: string[] = [];
    for (const at of names) {
      if (isOurLink(await disk.readLink(at))) links.push(at);
    }
    try {
      await copyAll(disk, links);
      await endUpdate(tools, store);
    } catch (error) {
      for (const at of links) await disk.remove(plainPath(at));
      throw error;
    }
    for (const at of names) await replace(disk, at);
    await removeAll(disk, await findBeside({ disk, policy }));
    // Whatever comes later begins as on a device that was never updated, and keeps what it finds.
    await disk.remove(CURRENT);
    return { plain: links };
  } finally {
    await held.release();
  }
}

/** Each once, although targets may share a directory. */
async function namesOf(disk: Disk, targets: readonly Target[]): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const { to, kind, copy } of targets) {
    if (copy) continue;
    if (kind !== 'merge') {
      names.add(to);
      continue;
    }
    // That it is a symlink itself is the operator's choice.
    const directory = (await disk.realPath(to)) ?? to;
    if ((await disk.lstat(directory))?.kind !== 'directory') continue;
    for await (const { path } of walk(disk, directory)) names.add(`${to}/${path}`);
  }
  return [...names];
}

/** All of them, and durably, before the first link goes: a disk that is full changes nothing. */
async function copyAll(disk: Disk, links: readonly string[]): Promise<void> {
  for (const at of links) {
    await disk.remove(plainPath(at));
    if ((await disk.kindBehind(at)) === undefined) continue;
    await disk.copy(at, plainPath(at));
    for await (const { path, end } of outwardLinks(disk, at, plainPath(at))) {
      if ((await disk.kindBehind(end)) === undefined) continue;
      await disk.remove(`${plainPath(at)}/${path}`);
      await disk.copy(end, `${plainPath(at)}/${path}`);
    }
    await disk.sync(plainPath(at));
  }
  // The names of the copies too: a link that is durably gone must leave a copy that is durably there.
  for (const directory of new Set(links.map((at) => directoryOf(at)))) await disk.settle(directory);
}

/** One that is under way ends on what its targets show. The next run, after a cut, would take the copies for the owner's. */
async function endUpdate(
  { disk, policy, clock }: Needs['tools'],
  store: Needs['store'],
): Promise<void> {
  const record = await store.loadJournal();
  const shown = await currentTree(disk);
  if (record !== undefined && shown !== undefined) {
    await writeVersion(disk, shown.version);
    const result = resultOf(record, outcomeOf(record, shown), clock.now());
    await store.addToHistory(result, policy.limits.history);
  }
  await store.clearJournal();
  await clearGuard({ disk });
}

function outcomeOf({ phase, outcome, to }: JournalRecord, shown: TreeRef): Outcome {
  if (phase === 'cleaning-up') return outcome;
  if (shown.name === to.name) return 'committed';
  return leadsBack(phase) || phase === 'rolling-back' ? 'rolled-back' : 'cancelled';
}

async function replace(disk: Disk, at: string): Promise<void> {
  const copy = await disk.lstat(plainPath(at));
  if (copy === undefined) return;
  const isOurs = isOurLink(await disk.readLink(at));
  // Since an earlier run, which was cut off, somebody has put something of their own there.
  if (!isOurs && (await disk.lstat(at)) !== undefined) return disk.remove(plainPath(at));
  // No call puts a directory in the place of a link. Cut off between these two, the next run finds the copy and the free name.
  if (isOurs && copy.kind === 'directory') await disk.remove(at);
  return disk.rename(plainPath(at), at);
}
