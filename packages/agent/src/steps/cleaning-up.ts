/** Removes what the transaction left. Which that is, and what is never removed, is said in `leftovers.ts`. */
import type { Step } from './context.ts';
import { findLeftovers, removeAll } from './leftovers.ts';

export const cleaningUp: Step = async (context) => {
  await removeAll(context.disk, await findLeftovers(context, context.record()));
};
