/**
 * The full snapshot that every reader gets: over RPC, over HTTP, and as state.json on the disk. The six names of the
 * plan (`latest`, `current`, `last_check`, `last_result`, `progress`, `backup_path`) are kept as they were asked for,
 * hence snake_case at this level.
 */
import * as v from 'valibot';
import { ErrorViewSchema } from './error-codes.ts';
import { ChannelSchema, ReleaseSummarySchema, VersionSchema } from './release.ts';
import { SettingsSchema } from './settings.ts';
import { ProgressSchema, TransactionResultSchema, TransactionViewSchema } from './transaction.ts';

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
});
export type Status = v.InferOutput<typeof StatusSchema>;
