/** The snapshot that the agent leaves on the disk: what there is to show while it is asleep. */
import { StatusSchema, type Status } from '@pikit/protocol';
import * as v from 'valibot';
import { readSmallFile } from '../durable-file.ts';
import { createUnchangedFile } from '../unchanged-file.ts';

const MAX_BYTES = 512 * 1024;

export type ReadState = () => Promise<Status | undefined>;

/** Undefined when the file is absent or cannot be understood; the agent is then asked instead. */
export function createStateFile(path: string): ReadState {
  return createUnchangedFile(path, async () => {
    try {
      const text = await readSmallFile(path, MAX_BYTES);
      if (text === undefined) return undefined;
      const parsed = v.safeParse(StatusSchema, JSON.parse(text));
      return parsed.success ? parsed.output : undefined;
    } catch {
      // because the file belongs to the agent: it reports and repairs it, and answers in its place.
      return undefined;
    }
  });
}
