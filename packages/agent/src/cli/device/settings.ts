/** What updater.toml says, for whoever has to look at the same things as the agent; an empty answer when it is not good. */
import { UpdateError } from '@pikit/protocol';
import { join } from 'node:path';
import { parseConfig } from '../../config.ts';
import { CONFIG_FILE } from '../../core/layout.ts';
import { readSmall } from './records.ts';

export interface DeviceSettings {
  readonly targets: readonly string[];
  readonly services: readonly string[];
  readonly timer: string;
}

const UNKNOWN: DeviceSettings = { targets: [], services: [], timer: 'pikit-update.timer' };

export async function readSettings(root: string): Promise<DeviceSettings> {
  const bytes = await readSmall(join(root, CONFIG_FILE));
  if (!(bytes instanceof Uint8Array)) return UNKNOWN;
  try {
    const { policy } = parseConfig(new TextDecoder().decode(bytes), CONFIG_FILE);
    const targets = policy.targets.map(({ to }) => to);
    return { targets, services: policy.services.map(({ unit }) => unit), timer: policy.timer };
  } catch (error) {
    if (!(error instanceof UpdateError)) throw error;
    // What is wrong with it is said by the check of the configuration.
    return UNKNOWN;
  }
}
