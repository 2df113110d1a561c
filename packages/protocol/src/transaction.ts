/** One attempt to move from a release to another, as the outside sees it: numbers and closed words, never sentences. */
import * as v from 'valibot';
import { ErrorViewSchema } from './error-codes.ts';
import { Sha256Schema, VersionSchema } from './release.ts';

/** In the order in which an undisturbed update passes them; `rolling-back` only after a failure. */
export const PHASES = [
  'preflight',
  'staging',
  'verifying',
  'activating',
  'restarting',
  'probing',
  'committing',
  'rolling-back',
  'cleaning-up',
] as const;
export const PhaseSchema = v.picklist(PHASES);
export type Phase = v.InferOutput<typeof PhaseSchema>;

/**
 * How a transaction ended. `staged`, `failed` and `cancelled`: the running release was never touched. `staged`: as wished, the
 * new one lies ready. `rolled-back`: it was, and is back. `broken`: the way back failed too, a person is needed.
 */
export const OUTCOMES = [
  'committed',
  'staged',
  'rolled-back',
  'failed',
  'cancelled',
  'broken',
] as const;
export const OutcomeSchema = v.picklist(OUTCOMES);
export type Outcome = v.InferOutput<typeof OutcomeSchema>;

export const TransactionIdSchema = v.pipe(
  v.string(),
  v.regex(
    /^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}$/,
    'must be the name of a transaction, such as 20261127T092822Z-76a2da',
  ),
  v.brand('TransactionId'),
);
export type TransactionId = v.InferOutput<typeof TransactionIdSchema>;

const CountSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** `bytesTotal` and `filesTotal` are 0 where a phase has nothing to count. */
export const ProgressSchema = v.object({
  phase: PhaseSchema,
  bytesDone: CountSchema,
  bytesTotal: CountSchema,
  filesDone: CountSchema,
  filesTotal: CountSchema,
});
export type Progress = v.InferOutput<typeof ProgressSchema>;

/** `repair` installs the release that runs once more, because files of it were damaged. */
export const TransactionKindSchema = v.picklist(['apply', 'rollback', 'repair']);
export type TransactionKind = v.InferOutput<typeof TransactionKindSchema>;

/** Who asked: the socket that the call came in on, or a foreground `--run`. */
export const RequesterSchema = v.picklist(['dashboard', 'admin', 'foreground']);
export type Requester = v.InferOutput<typeof RequesterSchema>;

/** A version as it stands in a record; null means that nothing managed stood there. */
const AnyVersionSchema = v.nullable(v.union([VersionSchema, v.literal('preexisting')]));

/** The transaction that runs now. Times are ISO 8601 in UTC. */
export const TransactionViewSchema = v.object({
  id: TransactionIdSchema,
  kind: TransactionKindSchema,
  by: RequesterSchema,
  from: AnyVersionSchema,
  to: AnyVersionSchema,
  phase: PhaseSchema,
  cancellable: v.boolean(),
  startedAt: v.string(),
  /** It fetches a release to be installed later, and will end before anything is switched. */
  stageOnly: v.exactOptional(v.literal(true)),
});
export type TransactionView = v.InferOutput<typeof TransactionViewSchema>;

/** How many files differ between what ran before and what runs after. */
export const ChangedFilesSchema = v.object({
  added: CountSchema,
  changed: CountSchema,
  removed: CountSchema,
});
export type ChangedFiles = v.InferOutput<typeof ChangedFilesSchema>;

/** A finished transaction: one line of the history, and the status snapshot's `last_result`. */
export const TransactionResultSchema = v.object({
  id: TransactionIdSchema,
  kind: TransactionKindSchema,
  by: RequesterSchema,
  from: AnyVersionSchema,
  to: AnyVersionSchema,
  outcome: OutcomeSchema,
  error: v.nullable(ErrorViewSchema),
  startedAt: v.string(),
  endedAt: v.string(),
  bytesFetched: CountSchema,
  /** Of the release that was to be installed. Absent for a roll-back, and in what an earlier agent wrote. */
  manifestSha256: v.exactOptional(Sha256Schema),
  /** The release came in a file that was uploaded, to be installed later. */
  imported: v.exactOptional(v.literal(true)),
  /** Only of one that has put another release in place, or mended it. */
  changed: v.exactOptional(ChangedFilesSchema),
});
export type TransactionResult = v.InferOutput<typeof TransactionResultSchema>;

/** One line of a transaction's log, written for the operator. */
export const LogLineSchema = v.object({
  at: v.string(),
  level: v.picklist(['info', 'warning', 'error']),
  message: v.string(),
});
export type LogLine = v.InferOutput<typeof LogLineSchema>;
