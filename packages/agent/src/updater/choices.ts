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
import { createTurns } from './in-turn.ts';
import { schedule } from './schedule.ts';
import type { StatusBoard } from './status-board.ts';
import type { Store } from './store.ts';

export interface Choices {
  /** What is left out stays as it is. Where the timer cannot be changed, nothing is: `write-failed`, `no-space`, `service-failed`. */
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
  // Two pages that change different settings at once must not undo each other.
  const inTurn = createTurns();
  return {
    setAuto: (change) =>
      inTurn(async () => {
        const before = await store.loadSettings();
        const settings = { ...before, ...change };
        try {
          await store.saveSettings(settings);
          if (change.autoCheck !== undefined || change.checkAt !== undefined)
            await schedule({ ...tools, log }, tools.policy.timer, settings, change);
        } catch (error) {
          // Also where the save was what failed: it may have arrived all the same.
          await store.saveSettings(before).catch((second: unknown) => {
            // because the first failure is the one to tell
            log.error(`the settings could not be brought back: ${String(second)}`);
          });
          throw error;
        }
        await board.publish();
        return settings;
      }),
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
