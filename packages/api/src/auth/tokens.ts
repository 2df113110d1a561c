/**
 * API tokens for scripts and home automation: made and revoked by the owner, shown once, kept as SHA-256 alone. Unlike a
 * session one does not expire, so what is not on the disk is refused: a token that a restart forgets, or that comes back
 * with one, would be a surprise. Last use is written at most once an hour.
 */
import { UpdateError } from '@pikit/protocol';
import * as v from 'valibot';
import type { Log } from '../log.ts';
import { createRecordFile } from './record-file.ts';
import { createSecret, idOfSecret } from './secret.ts';

/** What a token may do: see, or also change what is installed. Named after the two kinds of methods. */
export const SCOPES = ['read', 'update'] as const;
export type Scope = (typeof SCOPES)[number];

export type TokenId = string & { readonly __brand: 'TokenId' };

export interface TokenView {
  readonly id: TokenId;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly usedAt: number | null;
}

export interface Tokens {
  /** The only time that `token` is told. Throws `forbidden` when there are too many, `write-failed`. */
  create(name: string, scopes: readonly Scope[]): Promise<TokenView & { readonly token: string }>;
  /** Counts as use. */
  find(token: string): TokenView | undefined;
  isAlive(id: TokenId): boolean;
  /** Newest first. */
  list(): readonly TokenView[];
  /**
   * Whether it was there to be revoked; it counts no more from this call on. Throws `write-failed`: until a later call, or the
   * `flush` at the end, reaches the disk, a restart brings it back.
   */
  revoke(id: string): Promise<boolean>;
  /** Brings to the disk what it lacks: last use, and what it has refused before. For an orderly end. */
  flush(): Promise<void>;
}

/** Tells a token from other secrets where one turns up by accident, as in a log or a repository. */
const PREFIX = 'pikit_';
const MAX_TOKENS = 50;
const MAX_FILE_BYTES = 64 * 1024;
const SAVE_USE_EVERY_MS = 60 * 60_000;

const RecordSchema = v.object({
  id: v.pipe(
    v.string(),
    v.regex(/^[0-9a-f]{64}$/),
    v.transform((id) => id as TokenId),
  ),
  name: v.string(),
  scopes: v.array(v.picklist(SCOPES)),
  createdAt: v.number(),
  usedAt: v.nullable(v.number()),
});

const FileSchema = v.object({ format: v.literal(1), tokens: v.array(RecordSchema) });

interface Options {
  readonly file: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
}

export async function createTokens({ file, now, log }: Options): Promise<Tokens> {
  const recordFile = openFile(file, log);
  const loaded = (await recordFile.load())?.tokens ?? [];
  const records = new Map<string, v.InferOutput<typeof RecordSchema>>(
    loaded.map((record) => [record.id, record]),
  );
  let savedAt = now();
  let hasUnsavedUse = false;

  const save = (): Promise<void> => {
    savedAt = now();
    hasUnsavedUse = false;
    return recordFile.save(() => ({ format: 1, tokens: [...records.values()] }));
  };
  /** Nobody waits for it, and nothing but a time is lost. */
  const saveUse = async (): Promise<void> => {
    try {
      await save();
    } catch (cause) {
      log.error('when tokens were last used is kept in memory only', cause);
    }
  };

  return {
    async create(name, scopes) {
      if (records.size >= MAX_TOKENS) throw tooMany();
      const { secret, id } = createSecret();
      const record = {
        id: id as TokenId,
        name,
        scopes: [...scopes],
        createdAt: now(),
        usedAt: null,
      };
      records.set(id, record);
      try {
        await save();
      } catch (cause) {
        records.delete(id);
        throw cause;
      }
      return { ...record, token: `${PREFIX}${secret}` };
    },
    find(token) {
      if (!token.startsWith(PREFIX)) return undefined;
      const id = idOfSecret(token.slice(PREFIX.length));
      const record = id === undefined ? undefined : records.get(id);
      if (record === undefined) return undefined;
      const used = { ...record, usedAt: now() };
      records.set(record.id, used);
      hasUnsavedUse = true;
      if (Math.abs(now() - savedAt) >= SAVE_USE_EVERY_MS) void saveUse();
      return used;
    },
    isAlive: (id) => records.has(id),
    list: () => [...records.values()].sort((a, b) => b.createdAt - a.createdAt),
    async revoke(id) {
      const wasThere = records.delete(id);
      if (wasThere || recordFile.isBehind()) await save();
      return wasThere;
    },
    async flush() {
      if (hasUnsavedUse || recordFile.isBehind()) await saveUse();
    },
  };
}

function openFile(file: string, log: Log) {
  return createRecordFile({
    file,
    schema: FileSchema,
    maxBytes: MAX_FILE_BYTES,
    cost: 'every token has to be made anew',
    log,
  });
}

function tooMany(): UpdateError {
  return new UpdateError('forbidden', 'there are too many tokens', {
    details: { reason: 'too-many-tokens', limit: MAX_TOKENS },
  });
}
