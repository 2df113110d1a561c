/** The new release is in place; its services must take it up. */
import type { Step } from './context.ts';
import { restartServices } from './restart-services.ts';

export const restarting: Step = async (context) => restartServices(context);
