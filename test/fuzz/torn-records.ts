/**
 * A record of the updater's that a bad card has torn between two transactions, and what the device then no longer knows. Of whom it trusts
 * none is torn: that is not forgotten, and only a person helps.
 */
import {
  EDITS_FILE,
  FINGERPRINTS_FILE,
  HISTORY_FILE,
  KEPT_FILE,
  SETTINGS_FILE,
  STATE_FILE,
} from '../../packages/agent/src/core/layout.ts';
import type { MemoryDisk } from '../support/memory-disk/memory-disk.ts';
import type { Belief } from './belief.ts';

const RECORDS: readonly (readonly [path: string, forgets: (one: Belief) => Partial<Belief>])[] = [
  [STATE_FILE, () => ({ candidate: undefined, skipped: undefined, isShown: false })],
  [KEPT_FILE, () => ({ ready: undefined })],
  // The lines before the one that is torn are still there.
  [HISTORY_FILE, ({ held, unsure }) => ({ held: [], unsure: [...unsure, ...held] })],
  [SETTINGS_FILE, ({ backs }) => ({ keep: 1, channel: 'stable', backs: backs.slice(0, 1) })],
  // What is the owner's is seen by what is there.
  [EDITS_FILE, () => ({})],
  [FINGERPRINTS_FILE, () => ({})],
];

const recordOf = (chance: number) => RECORDS[chance % RECORDS.length];

export async function tear({ disk }: MemoryDisk, chance: number): Promise<void> {
  const path = recordOf(chance)?.[0] ?? '';
  const bytes = await disk.read(path, 1024 * 1024);
  if (bytes !== undefined) await disk.write(path, bytes.slice(0, bytes.length / 2), 0o644);
}

export function torn(belief: Belief, chance: number): Belief {
  return { ...belief, ...recordOf(chance)?.[1](belief) };
}
