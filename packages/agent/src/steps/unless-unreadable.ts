/** For what a step can do without: what cannot be read, or not be believed, is as good as none. It hides no fault of our own. */
import { UpdateError } from '@pikit/protocol';

/** Undefined where `work` throws an `UpdateError`; whatever else it throws passes. */
export async function unlessUnreadable<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    // because each caller says why it can do without
    if (error instanceof UpdateError) return undefined;
    throw error;
  }
}
