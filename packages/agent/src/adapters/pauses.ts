/**
 * Which servers want to be left alone, and until when. It is written down, because the next check may be another process. What
 * cannot be read is no pause, and nothing fails because it could not be written.
 */
import { UpdateError } from '@pikit/protocol';
import * as v from 'valibot';
import type { Clock, Disk } from '../ports.ts';
import { limitedFailure } from './http-failure.ts';

const MAX_BYTES = 16 * 1024;
const MAX_SERVERS = 16;
/** What lies further ahead was written by a clock that was wrong. */
const LONGEST_MS = 24 * 60 * 60 * 1000;

/** Origin → until when, ISO 8601. */
const PausesSchema = v.record(v.string(), v.pipe(v.string(), v.isoTimestamp()));
type Known = v.InferOutput<typeof PausesSchema>;

export interface Pauses {
  /** Throws `source-limited` while the server of this address wants to be left alone. */
  readonly keep: (url: string) => Promise<void>;
  /** From now on. Returns the failure that says so. */
  readonly begin: (url: string, ms: number) => Promise<UpdateError>;
}

interface Needs {
  readonly disk: Disk;
  readonly clock: Pick<Clock, 'now'>;
  /** A device path. */
  readonly path: string;
}

export function createPauses({ disk, clock, path }: Needs): Pauses {
  /** Those that are not over. */
  const load = async (): Promise<Known> => {
    const now = Date.parse(clock.now());
    const isLeft = ([, until]: readonly [string, string]): boolean => {
      const left = Date.parse(until) - now;
      return left > 0 && left <= LONGEST_MS;
    };
    const all = await read(disk, path);
    return Object.fromEntries(Object.entries(all).filter(isLeft).slice(-MAX_SERVERS));
  };

  return {
    async keep(url) {
      const until = (await load())[new URL(url).origin];
      if (until !== undefined) throw limitedFailure(url, until, clock.now());
    },
    async begin(url, ms) {
      const now = clock.now();
      const until = new Date(Date.parse(now) + Math.min(ms, LONGEST_MS)).toISOString();
      const known = { ...(await load()), [new URL(url).origin]: until };
      try {
        await disk.writeUnsynced(path, JSON.stringify(known), 0o600);
      } catch (error) {
        // because a full disk is told elsewhere: here it costs the server one more request
        if (!(error instanceof UpdateError)) throw error;
      }
      return limitedFailure(url, until, now);
    },
  };
}

async function read(disk: Disk, path: string): Promise<Known> {
  try {
    const bytes = await disk.read(path, MAX_BYTES);
    if (bytes === undefined) return {};
    const parsed = v.safeParse(PausesSchema, JSON.parse(new TextDecoder().decode(bytes)));
    return parsed.success ? parsed.output : {};
  } catch (error) {
    if (error instanceof UpdateError || error instanceof SyntaxError) return {};
    throw error;
  }
}
