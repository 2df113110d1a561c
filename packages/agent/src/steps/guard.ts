/**
 * The guard is of no release: should the agent that a release brings be dead, it brings the previous release back when the time is
 * over. It and we decide by the name of one small file who was first, so none of these may be left out.
 */
import { UpdateError, type TransactionId } from '@pikit/protocol';
import { encodeGuardNote, guardLimitMs, isNoteOf } from '../core/guard-note.ts';
import { GUARD_FILES } from '../core/layout.ts';
import { commandsOf } from '../core/post-install.ts';
import type { Disk } from '../ports.ts';
import type { StepContext } from './context.ts';
import { isUnitThere } from './is-unit-there.ts';
import { readOwnFiles } from './own-files.ts';
import { unlessUnreadable } from './unless-unreadable.ts';

const TIMER = 'pikit-guard.timer';
const MAX_NOTE_BYTES = 4096;

/**
 * Before the switch, and once for a transaction: an agent that begins again and again must not put the end of its time off, and
 * one whose time has ended has no other (`guard-fired`). A device without the guard's timer goes without.
 */
export async function armGuard({
  disk,
  services,
  policy,
  record,
  log,
}: StepContext): Promise<void> {
  const { id, kind, phase, from, to } = record();
  if (!(await isOf(disk, GUARD_FILES.armed, id))) {
    // Since the runner looked: it is on its way back, and about to end us.
    if (await hasGuardFired(disk, id)) throw guardFired(phase);
    // Of an earlier one: it would be taken for the state of this one.
    await disk.remove(GUARD_FILES.firing);
    await disk.remove(GUARD_FILES.fired);
    const { manifest } = await readOwnFiles(disk, to.name);
    const commands = kind === 'rollback' ? [] : commandsOf(manifest?.post_install ?? []);
    const limitMs = guardLimitMs(policy, commands.length);
    const note = encodeGuardNote({ transaction: id, tree: from?.name ?? null, limitMs });
    await disk.write(GUARD_FILES.armed, note, 0o644);
  }
  try {
    await services.start(TIMER);
  } catch (error) {
    if (await isUnitThere(services, TIMER)) throw error;
    await disk.remove(GUARD_FILES.armed);
    log.info(`nobody guards this update: ${TIMER} is not on this device`);
  }
}

/** When the release is good. Throws `guard-fired` when that came too late: then the guard is on its way back already. */
export async function disarmGuard({
  disk,
  record,
}: Pick<StepContext, 'disk' | 'record'>): Promise<void> {
  await disk.remove(GUARD_FILES.armed);
  const { id, phase } = record();
  if (await hasGuardFired(disk, id)) throw guardFired(phase);
}

/** When the previous release is back: whatever it has done or was about to do is done. In this order, see deploy/guard. */
export async function clearGuard({ disk }: Pick<StepContext, 'disk'>): Promise<void> {
  for (const path of [GUARD_FILES.armed, GUARD_FILES.firing, GUARD_FILES.fired])
    await disk.remove(path);
}

/** Whether it has taken the switch of this transaction back, or is about to. */
export async function hasGuardFired(disk: Disk, transaction: TransactionId): Promise<boolean> {
  if (await isOf(disk, GUARD_FILES.firing, transaction)) return true;
  return isOf(disk, GUARD_FILES.fired, transaction);
}

export function guardFired(phase: string): UpdateError {
  return new UpdateError('guard-fired', `the guard took the switch back: ${phase} took too long`, {
    details: { phase },
  });
}

/** The guard itself believes none that cannot be read. */
async function isOf(disk: Disk, path: string, transaction: TransactionId): Promise<boolean> {
  const bytes = await unlessUnreadable(() => disk.read(path, MAX_NOTE_BYTES));
  return bytes !== undefined && isNoteOf(bytes, transaction);
}
