/** What the operator decided, as the steps need it: the config file without its spelling. */
import type { Channel } from '@pikit/protocol';
import type { Target } from './activation-plan.ts';

export interface ServiceRule {
  readonly unit: string;
  readonly action: 'restart' | 'reload';
  /** The targets (their `from`) whose change calls for it; absent: any change. */
  readonly after?: readonly string[];
}

export interface Probe {
  readonly url: string;
  /** The scripts and style sheets that the page names must load too. */
  readonly assets: boolean;
  /** The member of a JSON answer that must equal the new version. */
  readonly versionField: string | undefined;
}

/** For the commands that a signed release brings. */
export interface CommandRules {
  readonly isAllowed: boolean;
  /** For each command. */
  readonly timeoutMs: number;
  readonly user: string;
  /** Where a command may write; everything else is read-only for it. */
  readonly write: readonly string[];
}

export interface Limits {
  readonly manifestBytes: number;
  readonly bundleBytes: number;
  /** Of a single file. */
  readonly fileBytes: number;
  /** Of the expanded tar stream: what a gzip bomb runs into. */
  readonly unpackedBytes: number;
  /** How long a new release may take until it answers its probes; a Pi may migrate data on its first start. */
  readonly probeTimeoutMs: number;
  readonly probeIntervalMs: number;
  /** Beyond probes and commands: how long the guard gives an agent from the switch to the commit. */
  readonly guardTimeoutMs: number;
  /** Releases kept besides the current one, each with its backup link. */
  readonly keep: number;
  /** Finished transactions whose history and log are kept. */
  readonly history: number;
}

export interface Policy {
  readonly channel: Channel;
  readonly product: string | undefined;
  readonly targets: readonly Target[];
  readonly services: readonly ServiceRule[];
  readonly commands: CommandRules;
  readonly probes: readonly Probe[];
  readonly limits: Limits;
  /** The unit that `update.auto` enables and disables. */
  readonly timer: string;
}
