/**
 * The process of a client of the api: it sends requests at a pace, or keeps event streams open and counts. Apart from whoever
 * measures, and one for each job, so that none is late because of another.
 */
import { openListeners, type Listeners } from './listeners.ts';
import type { Command } from './client.ts';
import { sendPaced } from './paced.ts';

let listeners: Listeners | undefined;

async function answer(command: Command): Promise<unknown> {
  switch (command.kind) {
    case 'pace':
      return sendPaced(command);
    case 'listen':
      listeners?.close();
      listeners = openListeners(command);
      return undefined;
    case 'count':
      return {
        connected: listeners?.connected() ?? 0,
        events: listeners?.events() ?? 0,
        sawEnd: listeners?.sawEnd(command.transaction) ?? 0,
      };
  }
}

process.on('message', (command: Command) => {
  answer(command).then(
    (value) => process.send?.({ value }),
    (cause: unknown) => process.send?.({ failure: String(cause) }),
  );
});
// Who started us is gone.
process.on('disconnect', () => process.exit(0));
