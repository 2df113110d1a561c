/** What updater.toml says, for whoever has to look at the same things as the agent; an empty answer when it is not good. */
import { UpdateError } from '@pikit/protocol';
import { join } from 'node:path';
import { parseConfig } from '../../config.ts';
import { CONFIG_FILE, directoryOf } from '../../core/layout.ts';
import type { Policy } from '../../core/policy.ts';
import type { SelfUpdate } from '../doctor/updater.ts';
import { readSmall } from './records.ts';

export interface DeviceSettings {
  readonly targets: readonly string[];
  /** Directories in which an update writes, or renames what it has written. */
  readonly written: readonly string[];
  readonly services: readonly string[];
  readonly timer: string;
  /** Undefined when nobody knows. */
  readonly selfUpdate: SelfUpdate | undefined;
}

const UNKNOWN: DeviceSettings = {
  targets: [],
  written: [],
  services: [],
  timer: 'pikit-update.timer',
  selfUpdate: undefined,
};
/** Of a release that brings the updater itself, and where the launcher looks for it. */
const UPDATER = { from: 'updater', to: '/usr/local/lib/pikit', api: 'pikit-api.service' } as const;

export async function readSettings(root: string): Promise<DeviceSettings> {
  const bytes = await readSmall(join(root, CONFIG_FILE));
  if (!(bytes instanceof Uint8Array)) return UNKNOWN;
  try {
    const { policy } = parseConfig(new TextDecoder().decode(bytes), CONFIG_FILE);
    return {
      targets: policy.targets.map(({ to }) => to),
      written: policy.targets.map(({ kind, to }) => (kind === 'merge' ? to : directoryOf(to))),
      services: policy.services.map(({ unit }) => unit),
      timer: policy.timer,
      selfUpdate: selfUpdateOf(policy),
    };
  } catch (error) {
    if (!(error instanceof UpdateError)) throw error;
    // What is wrong with it is said by the check of the configuration.
    return UNKNOWN;
  }
}

function selfUpdateOf({ targets, services }: Policy): SelfUpdate {
  const api = services.find(({ unit }) => unit === UPDATER.api);
  return {
    hasTarget: targets.some(({ from, to }) => from === UPDATER.from && to === UPDATER.to),
    isApiTold: api !== undefined && (api.after?.includes(UPDATER.from) ?? true),
  };
}
