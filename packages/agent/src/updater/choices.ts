/** What the owner decides and the device keeps for all who look at it: the settings, and the version to be passed over. */
import {
  UpdateError,
  type Settings,
  type SettingsChange,
  type Status,
  type Version,
} from '@pikit/protocol';
import type { Log } from '../ports.ts';
import type { UpdaterTools } from './begin.ts';
import type { StatusBoard } from './status-board.ts';
import type { Store } from './store.ts';

export interface Choices {
  /** What is left out stays as it is. */
  readonly setAuto: (change: SettingsChange) => Promise<Settings>;
  /** `no-such-release` for a version that is not the one on offer; null takes the last skip back. */
  readonly skip: (version: Version | null) => Promise<Status>;
}

interface Needs {
  readonly tools: UpdaterTools;
  readonly store: Store;
  readonly board: StatusBoard;
  readonly log: Log;
}

export function createChoices({ tools, store, board, log }: Needs): Choices {
  return {
    setAuto: async (change) => {
      const settings = { ...(await store.loadSettings()), ...change };
      const { timer } = tools.policy;
      if (await tools.services.exists(timer)) {
        await tools.services.setEnabled(timer, settings.autoCheck);
      } else {
        log.warning(
          `${timer} is not on this device: the setting is kept, but nothing checks by itself`,
        );
      }
      await store.saveSettings(settings);
      await board.publish();
      return settings;
    },
    skip: async (version) => {
      if (version !== null && (await board.snapshot()).offered?.version !== version) {
        throw new UpdateError('no-such-release', `${version} is not on offer`, {
          details: { version },
        });
      }
      await board.publish({ skipped: version });
      return board.snapshot();
    },
  };
}
