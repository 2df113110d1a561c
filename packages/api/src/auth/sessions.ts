/**
 * Who is signed in. The browser holds an opaque token; memory and disk hold only its SHA-256, so a stolen file signs
 * nobody in. Written when a session begins or ends, and for last use at most once an hour: an SD card wears out.
 */
import * as v from 'valibot';
import type { Log } from '../log.ts';
import { createRecordFile } from './record-file.ts';
import { createSecret, idOfSecret } from './secret.ts';
import { createSetClock } from './set-clock.ts';

/** The token's SHA-256 in hexadecimal: names a session without opening it. */
export type SessionId = string & { readonly __brand: 'SessionId' };

/** Where a sign-in came from, for the owner to recognise it by. */
export interface Origin {
  readonly address: string;
  readonly userAgent?: string | undefined;
}

export interface SessionView {
  readonly id: SessionId;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly usedAt: number;
  /** Null for one that began before these were kept. */
  readonly address: string | null;
  readonly userAgent: string | null;
}

export interface Sessions {
  /** Returns the token; it is not kept. `credential` names the password that opened the session. */
  create(credential: string, origin?: Origin): Promise<string>;
  /** The session of this token, unless it ended, expired, or was opened with another password. Counts as use. */
  find(token: string, credential: string): SessionId | undefined;
  /** For work that outlives its request; does not count as use. */
  isAlive(id: SessionId): boolean;
  /** The latest used first. */
  list(credential: string): readonly SessionView[];
  /** From where somebody is signed in, whatever the password was. */
  addresses(): readonly string[];
  /**
   * Whether it was there to be ended; it counts no more from this call on. Throws `write-failed`: until `endFormer` or `flush` brings that
   * to the disk, a restart would bring it back.
   */
  end(id: string): Promise<boolean>;
  /** All but this one; without it, all. Throws as `end` does. */
  endOthers(keep: SessionId | undefined): Promise<void>;
  /** All that were opened with another password. Called now and then, it also writes what the disk has refused before. */
  endFormer(credential: string): Promise<void>;
  /** Brings last use to the disk; for an orderly end. */
  flush(): Promise<void>;
}

const MAX_SESSIONS = 100;
const MAX_FILE_BYTES = 64 * 1024;
const SAVE_USE_EVERY_MS = 60 * 60_000;
const MAX_USER_AGENT = 120;
const REFUSED =
  'sessions are kept in memory only until the disk takes them: a restart would forget the new ones and bring those back that have ended';

const RecordSchema = v.object({
  id: v.pipe(
    v.string(),
    v.regex(/^[0-9a-f]{64}$/),
    v.transform((id) => id as SessionId),
  ),
  credential: v.string(),
  createdAt: v.number(),
  usedAt: v.number(),
  address: v.optional(v.string()),
  userAgent: v.optional(v.string()),
});
type Record = v.InferOutput<typeof RecordSchema>;

const FileSchema = v.object({ format: v.literal(1), sessions: v.array(RecordSchema) });

interface Options {
  readonly file: string;
  readonly idleMs: number;
  readonly absoluteMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds of a clock that nobody sets. */
  readonly steady: () => number;
  readonly log: Log;
}

export async function createSessions(options: Options): Promise<Sessions> {
  const { now } = options;
  const { records, isFresh, isBehind, write, save, saveUse } = await openRegister(options);
  const forgetFormer = (credential: string): boolean => {
    const former = [...records().values()].filter((record) => record.credential !== credential);
    for (const { id } of former) records().delete(id);
    return former.length > 0;
  };
  return {
    async create(credential, origin) {
      // Who signed in with an earlier password is out for good, also for what is still open.
      forgetFormer(credential);
      const { secret, id } = createSecret();
      const from = origin === undefined ? {} : recorded(origin);
      const record = { id: id as SessionId, credential, createdAt: now(), usedAt: now(), ...from };
      records().set(id, record);
      await save();
      return secret;
    },
    find(token, credential) {
      const id = idOfSecret(token);
      const record = id === undefined ? undefined : records().get(id);
      if (record === undefined || record.credential !== credential) return undefined;
      if (!isFresh(record)) return undefined;
      records().set(record.id, { ...record, usedAt: now() });
      saveUse();
      return record.id;
    },
    isAlive(id) {
      const record = records().get(id);
      return record !== undefined && isFresh(record);
    },
    list: (credential) =>
      latestFirst(records().values())
        .filter((record) => record.credential === credential && isFresh(record))
        .map(({ id, createdAt, usedAt, address = null, userAgent = null }) => ({
          id,
          createdAt,
          usedAt,
          address,
          userAgent,
        })),
    addresses: () =>
      [...records().values()].flatMap((record) =>
        record.address !== undefined && isFresh(record) ? [record.address] : [],
      ),
    async end(id) {
      const wasThere = records().delete(id);
      if (wasThere) await write();
      return wasThere;
    },
    async endOthers(keep) {
      for (const id of records().keys()) if (id !== keep) records().delete(id);
      await write();
    },
    async endFormer(credential) {
      if (forgetFormer(credential) || isBehind()) await save();
    },
    flush: save,
  };
}

/** What is in memory, by id, and the file behind it. */
async function openRegister({ file, idleMs, absoluteMs, now, steady, log }: Options) {
  const recordFile = createRecordFile({
    file,
    schema: FileSchema,
    maxBytes: MAX_FILE_BYTES,
    cost: 'everybody has to sign in again',
    log,
  });
  const loaded = (await recordFile.load())?.sessions ?? [];
  const records = new Map<string, Record>(loaded.map((record) => [record.id, record]));
  let savedAt = now();
  const wasSet = createSetClock({ now, steady });

  // A clock that was set back (no battery on a Pi) gives a negative age, which expires nothing.
  const isFresh = (record: Record): boolean =>
    now() - record.usedAt < idleMs && now() - record.createdAt < absoluteMs;

  /** Who signed in before the network had set the clock would else seem to have done so long ago. */
  const follow = (): boolean => {
    const move = wasSet();
    if (move === undefined) return false;
    for (const [id, { createdAt, usedAt, ...record }] of records) {
      records.set(id, { ...record, createdAt: move(createdAt), usedAt: move(usedAt) });
    }
    return true;
  };

  const prune = (): void => {
    follow();
    for (const record of records.values()) if (!isFresh(record)) records.delete(record.id);
    const oldest = latestFirst(records.values()).at(-1);
    if (records.size > MAX_SESSIONS && oldest !== undefined) records.delete(oldest.id);
  };

  const write = async (): Promise<void> => {
    savedAt = now();
    const wasBehind = recordFile.isBehind();
    try {
      await recordFile.save(() => {
        prune();
        return { format: 1, sessions: [...records.values()] };
      });
      if (wasBehind) log.info('sessions are on the disk again');
    } catch (cause) {
      // It is tried every few seconds.
      if (!wasBehind) log.error(REFUSED, cause);
      throw cause;
    }
  };
  // because a full disk must not lock the owner out of the page that says so; the log has it.
  const save = (): Promise<void> => write().catch(() => undefined);

  const saveUse = (): void => {
    if (Math.abs(now() - savedAt) >= SAVE_USE_EVERY_MS) void save();
  };
  const current = (): typeof records => {
    if (follow()) void save();
    return records;
  };
  return { records: current, isFresh, isBehind: () => recordFile.isBehind(), write, save, saveUse };
}

function latestFirst(records: Iterable<Record>): readonly Record[] {
  return [...records].sort((a, b) => b.usedAt - a.usedAt);
}

/** Bounded, because a browser may call itself anything. */
function recorded({ address, userAgent }: Origin): Pick<Record, 'address' | 'userAgent'> {
  return {
    address,
    ...(userAgent === undefined ? {} : { userAgent: userAgent.slice(0, MAX_USER_AGENT) }),
  };
}
