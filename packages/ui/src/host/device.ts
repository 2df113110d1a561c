/** What every card of the page is given: the device as it is known now, and what can be asked of it. */
import type { Status } from '@pikit/protocol';
import type { AllCommands } from './model/page-commands.ts';

export interface Device {
  readonly status: Status;
  readonly commands: AllCommands;
  /** The browser's clock in milliseconds. */
  readonly now: () => number;
  /** Resolves when the page knows what the device has now; also how an ended session is found out. */
  readonly refresh: () => Promise<void>;
  /** Opens the details of the update. */
  readonly open: () => void;
  readonly signOut: () => void;
}
