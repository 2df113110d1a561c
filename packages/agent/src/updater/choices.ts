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
        const settings = { ...(await store.loadSettings()), ...change };
        if (change.autoCheck !== undefined || change.checkAt !== undefined) {
          await schedule({ ...tools, log }, tools.policy.timer, settings, change);
        }
        await store.saveSettings(settings);
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
