/**
 * Who is signed in. The browser holds an opaque token; memory and disk hold only its SHA-256, so a stolen file signs
 * nobody in. Written when a session begins or ends, and for last use at most once an hour: an SD card wears out.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { readSmallFile, writeDurably } from '../durable-file.ts';
import type { Log } from '../log.ts';

/** The token's SHA-256 in hexadecimal: names a session without opening it. */
export type SessionId = string & { readonly __brand: 'SessionId' };

export interface Sessions {
  /** Returns the token; it is not kept. `credential` names the password that opened the session. */
  create(credential: string): Promise<string>;
  /** The session of this token, unless it ended, expired, or was opened with another password. Counts as use. */
  find(token: string, credential: string): SessionId | undefined;
  /** For work that outlives its request; does not count as use. */
  isAlive(id: SessionId): boolean;
  /** Fine when it has ended already. */
  end(id: SessionId): Promise<void>;
  /** Brings last use to the disk; for an orderly end. */
  flush(): Promise<void>;
}

const TOKEN_BYTES = 32;
const TOKEN = /^[\w-]{43}$/;
const MAX_SESSIONS = 100;
const MAX_FILE_BYTES = 64 * 1024;
const SAVE_USE_EVERY_MS = 60 * 60_000;

const RecordSchema = v.object({
  id: v.pipe(
    v.string(),
    v.regex(/^[0-9a-f]{64}$/),
    v.transform((id) => id as SessionId),
  ),
  credential: v.string(),
  createdAt: v.number(),
  usedAt: v.number(),
});
type Record = v.InferOutput<typeof RecordSchema>;

const FileSchema = v.object({ format: v.literal(1), sessions: v.array(RecordSchema) });

interface Options {
  readonly file: string;
  readonly idleMs: number;
  readonly absoluteMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
}

export async function createSessions(options: Options): Promise<Sessions> {
  const { file, idleMs, absoluteMs, now, log } = options;
  const records = new Map((await load(file, log)).map((record) => [record.id, record]));
  let saving: Promise<void> = Promise.resolve();
  let savedAt = now();

  // A clock that was set back (no battery on a Pi) gives a negative age, which expires nothing.
  const isFresh = (record: Record): boolean =>
    now() - record.usedAt < idleMs && now() - record.createdAt < absoluteMs;

  const prune = (): void => {
    for (const record of records.values()) if (!isFresh(record)) records.delete(record.id);
    const [oldest] = [...records.values()].sort((a, b) => a.usedAt - b.usedAt);
    if (records.size > MAX_SESSIONS && oldest !== undefined) records.delete(oldest.id);
  };

  const save = (): Promise<void> => {
    savedAt = now();
    saving = saving.then(async () => {
      prune();
      const text = JSON.stringify({ format: 1, sessions: [...records.values()] });
      try {
        await mkdir(dirname(file), { recursive: true, mode: 0o700 });
        await writeDurably(file, `${text}\n`, 0o600);
      } catch (cause) {
        // A full disk must not lock the owner out of the page that says so.
        log.error('sessions are kept in memory only', cause);
      }
    });
    return saving;
  };

  return {
    async create(credential) {
      // Who signed in with an earlier password is out for good, also for what is still open.
      for (const record of records.values()) {
        if (record.credential !== credential) records.delete(record.id);
      }
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      const id = idOf(token);
      records.set(id, { id, credential, createdAt: now(), usedAt: now() });
      await save();
      return token;
    },
    find(token, credential) {
      if (!TOKEN.test(token)) return undefined;
      const record = records.get(idOf(token));
      if (record === undefined || record.credential !== credential) return undefined;
      if (!isFresh(record)) return undefined;
      records.set(record.id, { ...record, usedAt: now() });
      if (Math.abs(now() - savedAt) >= SAVE_USE_EVERY_MS) void save();
      return record.id;
    },
    isAlive(id) {
      const record = records.get(id);
      return record !== undefined && isFresh(record);
    },
    async end(id) {
      if (records.delete(id)) await save();
    },
    flush: save,
  };
}

function idOf(token: string): SessionId {
  return createHash('sha256').update(token).digest('hex') as SessionId;
}

/** A damaged file costs a new sign-in, nothing else. */
async function load(file: string, log: Log): Promise<readonly Record[]> {
  try {
    const text = await readSmallFile(file, MAX_FILE_BYTES);
    return text === undefined ? [] : v.parse(FileSchema, JSON.parse(text)).sessions;
  } catch (cause) {
    log.error(`${file} is damaged, everybody has to sign in again`, cause);
    return [];
  }
}
