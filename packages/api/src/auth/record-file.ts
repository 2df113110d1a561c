/**
 * A list of hashes in one small file of the api's own: sessions, tokens. Written all-or-nothing, one write at a time. What
 * stands in a damaged one is not believed, but kept aside for the operator: whoever held it has to come back through the
 * front door.
 */
import { rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UpdateError } from '@pikit/protocol';
import * as v from 'valibot';
import { makeOwnDirectory, readSmallFile, writeDurably } from '../durable-file.ts';
import type { Log } from '../log.ts';

export interface RecordFile<S extends v.GenericSchema> {
  /** Undefined when nothing is there, or nothing that can be used. */
  load(): Promise<v.InferOutput<S> | undefined>;
  /** `content` is asked when its turn comes. Rejects with `write-failed` when the disk refuses. */
  save(content: () => v.InferInput<S>): Promise<void>;
  /** The disk has refused the latest list: it holds what counts no more, or lacks what does. */
  isBehind(): boolean;
}

interface Options<S extends v.GenericSchema> {
  readonly file: string;
  readonly schema: S;
  readonly maxBytes: number;
  /** What damage costs, as the end of a sentence. */
  readonly cost: string;
  readonly log: Log;
}

export function createRecordFile<S extends v.GenericSchema>(options: Options<S>): RecordFile<S> {
  const { file, schema, maxBytes, cost, log } = options;
  let last: Promise<void> = Promise.resolve();
  let isBehind = false;
  const setAside = async (cause: unknown): Promise<void> => {
    const kept = `${file}.damaged`;
    log.error(`${file} is damaged, ${cost}; it is kept as ${kept}`, cause);
    try {
      await rename(file, kept);
    } catch (refused) {
      // The next write will then replace it: being of use comes before the evidence.
      log.error(`${file} cannot be renamed`, refused);
    }
  };
  return {
    async load() {
      try {
        const text = await readSmallFile(file, maxBytes);
        return text === undefined ? undefined : v.parse(schema, JSON.parse(text));
      } catch (cause) {
        // What the disk refuses to show is not known to be damaged, and stays where it is.
        if (cause instanceof Error && 'syscall' in cause) log.error(`${file}: ${cost}`, cause);
        else await setAside(cause);
        return undefined;
      }
    },
    save(content) {
      const turn = last.then(async () => {
        try {
          await makeOwnDirectory(dirname(file));
          await writeDurably(file, `${JSON.stringify(content())}\n`, 0o600);
          isBehind = false;
        } catch (cause) {
          isBehind = true;
          throw new UpdateError('write-failed', `${file} cannot be written`, { cause });
        }
      });
      // because the next write is tried whether this one failed or not; its caller gets the failure.
      last = turn.catch(() => undefined);
      return turn;
    },
    isBehind: () => isBehind,
  };
}
