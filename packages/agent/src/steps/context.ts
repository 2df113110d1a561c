/** What a step gets. A step may run twice: each begins by looking at what is already done. */
import type { Progress } from '@pikit/protocol';
import type { JournalRecord } from '../core/journal-record.ts';
import type { Policy } from '../core/policy.ts';
import type {
  Archive,
  Clock,
  Digest,
  Disk,
  Log,
  Prober,
  ReleaseSource,
  Unbrotli,
} from '../ports.ts';
import type { Commands, Services, Succession } from '../system-ports.ts';

export interface StepContext {
  readonly policy: Policy;
  /** Of this device: Node's name of the architecture, and our own version. */
  readonly arch: string;
  readonly updaterVersion: string;
  readonly disk: Disk;
  readonly archive: Archive;
  readonly unbrotli: Unbrotli;
  readonly source: ReleaseSource;
  readonly services: Services;
  readonly commands: Commands;
  readonly succession: Succession;
  readonly prober: Prober;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly log: Log;
  /** The transaction as journaled now. */
  readonly record: () => JournalRecord;
  /** Resolves when the journal has it: call it before acting on it. */
  readonly amend: (
    patch: Partial<Pick<JournalRecord, 'from' | 'adopted' | 'stoppedUnits'>>,
  ) => Promise<void>;
  /** For what is only told: the journal gets it with the next phase, without a write of its own. */
  readonly note: (patch: Partial<Pick<JournalRecord, 'changed' | 'bytesFetched'>>) => void;
  /** Cheap; call it as often as something moves. */
  readonly report: (progress: Omit<Progress, 'phase'>) => void;
}

/** What is the same for every transaction. */
export type StepTools = Omit<StepContext, 'record' | 'amend' | 'note' | 'report' | 'log'>;

/** Resolves when the phase is done. Throws an `UpdateError`, or the signal's reason once it is aborted. */
export type Step = (context: StepContext, signal: AbortSignal) => Promise<void>;
