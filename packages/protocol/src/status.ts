/**
 * The full snapshot that every reader gets: over RPC, over HTTP, and as state.json on the disk. Six names (`latest`,
 * `current`, `last_check`, `last_result`, `progress`, `backup_path`) are older than this program and read by others, hence
 * snake_case at this level.
 */
import * as v from 'valibot';
import { ErrorViewSchema } from './error-codes.ts';
import { ChannelSchema, ReleaseSummarySchema, Sha256Schema, VersionSchema } from './release.ts';
import { SettingsSchema } from './settings.ts';
import {
  ProgressSchema,
  TransactionIdSchema,
  TransactionResultSchema,
  TransactionViewSchema,
} from './transaction.ts';

/**
 * How the installed release differs from what it was when it was installed. A path without a leading slash is a file of the
 * release tree, one with a leading slash a name on the device that should lead to it or be a copy of it.
 */
export const DriftSchema = v.object({
  checkedAt: v.string(),
  version: v.union([VersionSchema, v.literal('preexisting')]),
  /** The first of them; `total` counts all. `extra` files harm nothing and are not counted as damage. */
  files: v.array(
    v.object({ path: v.string(), problem: v.picklist(['missing', 'changed', 'mode', 'extra']) }),
  ),
  total: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** Those of `total` that a repair would mend. */
  damaged: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});
export type Drift = v.InferOutput<typeof DriftSchema>;

/** Why a version is not offered to whatever updates by itself; a person may still choose it. */
const HeldBackSchema = v.object({
  version: VersionSchema,
  transaction: TransactionIdSchema,
  reason: v.picklist(['failed', 'rolled-back']),
});
export type HeldBack = v.InferOutput<typeof HeldBackSchema>;

/** A release that was fetched and verified, and can be installed without the network. `transaction` put it there. */
const ReadySchema = v.object({
  version: VersionSchema,
  manifestSha256: Sha256Schema,
  transaction: TransactionIdSchema,
});

const InstalledVersionSchema = v.nullable(v.union([VersionSchema, v.literal('preexisting')]));

export const StatusSchema = v.object({
  /** Changes whenever the agent starts anew; `revision` counts up within one boot. */
  boot: v.string(),
  revision: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  channel: ChannelSchema,
  /** What runs. `preexisting`: adopted files without a version; null: nothing managed yet. */
  current: InstalledVersionSchema,
  /** The newest version of the channel that the last successful check saw, newer than `current` or not. */
  latest: v.nullable(VersionSchema),
  /** The release that can be installed now; null when up to date or never checked. */
  offered: v.nullable(ReleaseSummarySchema),
  /** What a roll-back would bring back; null when there is nothing. */
  previous: InstalledVersionSchema,
  /** `unsigned`: hashes are checked, but nobody vouches for them. */
  trust: v.picklist(['unsigned', 'signed']),
  checking: v.boolean(),
  last_check: v.nullable(v.string()),
  /** Why the last check failed; null after a successful one. */
  check_error: v.nullable(ErrorViewSchema),
  transaction: v.nullable(TransactionViewSchema),
  progress: v.nullable(ProgressSchema),
  last_result: v.nullable(TransactionResultSchema),
  /** The backup on the device (`/var/backups/pikit/<ts>`), or null. */
  backup_path: v.nullable(v.string()),
  settings: SettingsSchema,
  // A snapshot that an earlier agent wrote lacks what follows.
  /** What the last audit of the running release found; null when it was not audited yet. */
  drift: v.optional(v.nullable(DriftSchema), null),
  /** Of `offered`: null when nothing speaks against installing it unattended. */
  held_back: v.optional(v.nullable(HeldBackSchema), null),
  /** Configuration files that the owner has edited and a release has changed too: the new one lies beside as `.pikit-new`. */
  edited: v.optional(v.array(v.string()), []),
  /** What lies ready to be installed, offered or not; null when nothing does. */
  ready: v.optional(v.nullable(ReadySchema), null),
  /** The version that the owner does not want to hear of, offered or not. */
  skipped: v.optional(v.nullable(VersionSchema), null),
});
export type Status = v.InferOutput<typeof StatusSchema>;
