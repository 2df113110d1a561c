/**
 * The new release is in place: its agent goes on, its commands run, then its services take it up. In this order, because a
 * service must not start on data that a command is still to migrate.
 */
import type { Step } from './context.ts';
import { handOver } from './hand-over.ts';
import { restartServices } from './restart-services.ts';
import { runCommands } from './run-commands.ts';

export const restarting: Step = async (context) => {
  await handOver(context);
  await runCommands(context);
  await restartServices(context);
};
