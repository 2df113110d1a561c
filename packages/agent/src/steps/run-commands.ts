/**
 * The commands of `post_install`: whether a release may bring them, and running them, one after the other. Only on the way
 * to a new release: the way back must not depend on a program that a release brought, least of all on one of the release
 * that has just failed.
 */
import { UpdateError } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import type { JournalRecord } from '../core/journal-record.ts';
import { treePath } from '../core/layout.ts';
import { assertMayRun, commandsOf, type Command } from '../core/post-install.ts';
import type { StepContext } from './context.ts';
import { readReviewedManifest } from './trees.ts';

/** Throws `post-install-refused`. */
export async function assertCommands(
  { policy, commands }: Pick<StepContext, 'policy' | 'commands'>,
  manifest: Manifest,
  { signedBy }: Pick<JournalRecord, 'signedBy'>,
): Promise<readonly Command[]> {
  const wanted = commandsOf(manifest.post_install ?? []);
  if (wanted.length === 0) return wanted;
  assertMayRun(wanted, manifest.files, {
    isSigned: signedBy !== undefined,
    isAllowed: policy.commands.isAllowed,
    hasSystemd: await commands.isAvailable(),
  });
  return wanted;
}

/**
 * Throws `post-install-failed` with `entry` and `reason` for the first that does not succeed. An agent that was killed runs
 * all of them again, so the first thing is to end what its former life may have left running.
 */
export async function runCommands(context: StepContext): Promise<void> {
  const record = context.record();
  if (record.kind === 'rollback') return;
  const tree = treePath(record.to.name);
  // What was allowed before the download is asked again: the config may have changed since.
  const manifest = await readReviewedManifest(context, record, tree);
  const wanted = await assertCommands(context, manifest, record);
  if (wanted.length === 0) return;
  await context.commands.stopAll(record.id);
  for (const command of wanted) await runOne(context, command, tree);
}

/** In a phase that goes back: nothing of the release that is given up may go on. */
export async function stopCommands({ commands, record, log }: StepContext): Promise<void> {
  const { kind, id } = record();
  if (kind === 'rollback') return;
  try {
    await commands.stopAll(id);
  } catch (error) {
    // Its time limit ends it anyway, and the way back does not wait.
    log.warning(`a command may still be running: ${String(error)}`);
  }
}

async function runOne(
  { commands, policy, record, log }: StepContext,
  { index, entry, program, args }: Command,
  tree: string,
): Promise<void> {
  const { id, to } = record();
  log.info(`running the command ${entry}`);
  const { failure, output } = await commands.run({
    transaction: id,
    index,
    program: program.startsWith('/') ? program : `${tree}/${program}`,
    args,
    directory: tree,
    version: to.version,
    user: policy.commands.user,
    write: policy.commands.write,
    timeoutMs: policy.commands.timeoutMs,
  });
  for (const line of output) log.info(`it said: ${line}`);
  if (failure === undefined) return;
  throw new UpdateError('post-install-failed', `the command ${entry} failed: ${failure}`, {
    details: { entry: entry.slice(0, 200), reason: failure },
  });
}
