/**
 * What the guard (deploy/guard) is told about the update that it guards: a few lines for a shell to read, which belong to one
 * transaction. The guard is older or newer than we are, so lines may be added and none may change.
 */
import type { TransactionId } from '@pikit/protocol';
import type { TreeName } from './layout.ts';
import type { Policy } from './policy.ts';

interface GuardNote {
  readonly transaction: TransactionId;
  /** Where the way back leads; null where nothing ran before. */
  readonly tree: TreeName | null;
  readonly limitMs: number;
}

export function encodeGuardNote({ transaction, tree, limitMs }: GuardNote): string {
  const limit = String(Math.ceil(limitMs / 1000));
  return `transaction=${transaction}\ntree=${tree ?? 'none'}\nlimit=${limit}\n`;
}

/** False for whatever is no note. */
export function isNoteOf(bytes: Uint8Array, transaction: TransactionId): boolean {
  return new TextDecoder().decode(bytes).split('\n').includes(`transaction=${transaction}`);
}

/** How long it may take from the switch to the commit, as long as nothing is wrong with the agent. */
export function guardLimitMs({ limits, commands }: Policy, commandCount: number): number {
  return limits.guardTimeoutMs + limits.probeTimeoutMs + commandCount * commands.timeoutMs;
}
