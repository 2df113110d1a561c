/**
 * The unfinished transaction as it lies on the disk. Its shape is kept apart from what runs in memory and from what goes
 * over the wire, because the previous agent must be able to read it.
 */
import {
  ChangedFilesSchema,
  ErrorViewSchema,
  OutcomeSchema,
  PhaseSchema,
  RequesterSchema,
  Sha256Schema,
  TransactionIdSchema,
  TransactionKindSchema,
  VersionSchema,
} from '@pikit/protocol';
import * as v from 'valibot';
import { TARGET_KINDS } from './activation-plan.ts';
import { isTreeName, type TreeName } from './layout.ts';

const TreeRefSchema = v.object({
  name: v.custom<TreeName>((name) => typeof name === 'string' && isTreeName(name)),
  version: v.union([VersionSchema, v.literal('preexisting')]),
});
export type TreeRef = v.InferOutput<typeof TreeRefSchema>;

/** As `Target` of the plan. */
const TargetSchema = v.object({
  from: v.string(),
  to: v.string(),
  kind: v.picklist(TARGET_KINDS),
  copy: v.boolean(),
  config: v.exactOptional(v.boolean()),
});

const CountSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const JournalRecordSchema = v.object({
  id: TransactionIdSchema,
  kind: TransactionKindSchema,
  by: RequesterSchema,
  startedAt: v.string(),
  /** The release that ran when it began: where a roll-back leads. Null until adoption, and where nothing stood. */
  from: v.nullable(TreeRefSchema),
  to: TreeRefSchema,
  /**
   * Those of the config when it began, with which it is also ended: in the middle of a switch only they say what was placed and what
   * made way. Absent: an earlier agent began it.
   */
  targets: v.exactOptional(v.array(TargetSchema)),
  /** Set when this transaction turned what stood at the targets into a tree of its own. */
  adopted: v.boolean(),
  /** Units that were stopped before the device was touched, and are left so. */
  stoppedUnits: v.exactOptional(v.array(v.string())),
  /**
   * Of a repair alone. `targets` (their `from`): those of which something was damaged. `extra`: files in the tree that no
   * release brought.
   */
  repair: v.exactOptional(v.object({ targets: v.array(v.string()), extra: CountSchema })),
  /** Told in the result. Of a repair known from the start, else counted when it is committed. */
  changed: v.exactOptional(ChangedFilesSchema),
  /** Of the manifest that was reviewed; null for a roll-back. */
  manifestSha256: v.nullable(Sha256Schema),
  /** The id of the key that the manifest's signature was checked with; absent: nobody signed it. */
  signedBy: v.exactOptional(v.string()),
  /** As it was fetched: what is kept for later must be vouched for again. */
  signature: v.exactOptional(v.string()),
  /** The release comes from the file that was uploaded, and not from a source. */
  imported: v.exactOptional(v.literal(true)),
  /** As the source told, null where it did not. */
  bundleBytes: v.nullable(v.number()),
  bytesFetched: CountSchema,
  phase: PhaseSchema,
  outcome: OutcomeSchema,
  interruptions: CountSchema,
  /** That of the machine when the phase was begun or gone on with; noted only where `cut-off` differs from `interrupted`. */
  boot: v.exactOptional(v.string()),
  error: v.nullable(ErrorViewSchema),
});
export type JournalRecord = v.InferOutput<typeof JournalRecordSchema>;
