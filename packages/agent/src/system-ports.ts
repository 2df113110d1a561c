/**
/**
 * What the system around the agent does for it: services, commands, and the agent's own successor. Like ports.ts, which has the
 * rest: adapters implement these, and nothing here has behaviour.
 */
import type { TransactionId } from '@pikit/protocol';

/** A unit that the device lacks, or that the operator has masked, is not there; then it is neither active nor stopped. */
export interface UnitState {
  readonly unit: string;
  readonly isThere: boolean;
  readonly isActive: boolean;
  /** Not running because somebody stopped it or never started it; a unit that crashed is not stopped. */
  readonly isStopped: boolean;
}

/** Code: service-failed, with `unit`. */
export interface Services {
  /** In the same order. One question for all of them, because each costs a process. */
  look(units: readonly string[]): Promise<readonly UnitState[]>;
  /** Fine when it runs. */
  start(unit: string): Promise<void>;
  restart(unit: string): Promise<void>;
  reload(unit: string): Promise<void>;
  reloadUnitFiles(): Promise<void>;
  /** Enables and starts, or disables and stops. */
  setEnabled(unit: string, enabled: boolean): Promise<void>;
}

/** One program, to be run in a unit of its own with a sandbox around it. */
export interface CommandRun {
  /** The two name the unit, so that a later life finds what an earlier one has started. */
  readonly transaction: TransactionId;
  readonly index: number;
  /** Absolute; so is `directory`, in which it runs. */
  readonly program: string;
  readonly args: readonly string[];
  readonly directory: string;
  /** Told to the program. */
  readonly version: string;
  readonly user: string;
  /** Existing paths; everything else is read-only for it. */
  readonly write: readonly string[];
  readonly timeoutMs: number;
}

export interface Commands {
  /** False on a device that systemd does not run. */
  isAvailable(): Promise<boolean>;
  /** Ends every command of the transaction; fine when none runs. Code: service-failed. */
  stopAll(transaction: TransactionId): Promise<void>;
  /** Resolves when nothing of it runs any more. `failure` says why it did not succeed, `output` how its output ended. */
  run(
    command: CommandRun,
  ): Promise<{ readonly failure: string | undefined; readonly output: readonly string[] }>;
}

/** Which agent runs after this one. */
export interface Succession {
  /**
   * The program that would be started now, where that is another than ours, byte for byte. None where nothing but ourselves
   * has decided what to start.
   */
  find(): Promise<string | undefined>;
  /** False in the foreground and on a device without systemd: nobody would start the other. */
  canHandOver(): Promise<boolean>;
  /** Has the other started, for which this process is ended. Rejects when it still lives. Code: service-failed. */
  handOver(): Promise<never>;
}
