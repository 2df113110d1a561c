/**
 * Small documents that were fetched before, each in a file of its own, so that a server may say that nothing has changed. Never
 * believed for longer than a week, nor for another address; what is damaged is not there, and what cannot be written is not kept.
 */
import { createHash } from 'node:crypto';
import { UpdateError } from '@pikit/protocol';
import * as v from 'valibot';
import type { Clock, Disk } from '../ports.ts';

/** Of one document, as it is kept: the largest manifest with its quotes escaped. A larger one is fetched anew each time. */
const MAX_FILE_BYTES = 6 * 1024 * 1024;
/** Of all files together, the newest. */
const MAX_FILES = 32;
const MAX_TOTAL_BYTES = 16 * 1024 * 1024;
/**
 * Whoever answered in the server's place once, over plain http, could have given the server's own ETag with it: then the server
 * itself would vouch for his answer from then on.
 */
const LONGEST_MS = 7 * 24 * 60 * 60 * 1000;

/** What may stand in a header. */
const HeaderSchema = v.pipe(v.string(), v.regex(/^[\x20-\x7e]{1,1000}$/));

const KeptSchema = v.object({
  url: v.string(),
  accept: v.string(),
  fetched: v.pipe(v.string(), v.isoTimestamp()),
  etag: v.optional(HeaderSchema),
  lastModified: v.optional(HeaderSchema),
  link: v.optional(v.string()),
  listing: v.optional(v.string()),
  sha256: v.string(),
  /** `text` is not the document, but its base64: of one that is packed. */
  base64: v.optional(v.literal(true)),
  text: v.string(),
});

/** One document as a server gave it. */
export interface KeptAnswer {
  readonly url: string;
  readonly accept: string;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  readonly link: string | undefined;
  /** What the list said that named it. */
  readonly listing: string | undefined;
  readonly bytes: Uint8Array;
}

export interface KeptAnswers {
  readonly find: (url: string, accept: string) => Promise<KeptAnswer | undefined>;
  /** Writes only what is not there already, word for word. */
  readonly keep: (answer: KeptAnswer) => Promise<void>;
}

interface Needs {
  readonly disk: Disk;
  readonly clock: Pick<Clock, 'now'>;
  /** A device path: a directory of our own. */
  readonly path: string;
}

const sha256 = (content: Uint8Array | string): string =>
  createHash('sha256').update(content).digest('hex');

const nameOf = (url: string, accept: string): string =>
  `${sha256(`${accept}\n${url}`).slice(0, 32)}.json`;

export function createKeptAnswers({ disk, clock, path }: Needs): KeptAnswers {
  const find: KeptAnswers['find'] = async (url, accept) => {
    const kept = await unlessBroken(async () => read(disk, `${path}/${nameOf(url, accept)}`));
    if (kept === undefined || kept.url !== url || kept.accept !== accept) return undefined;
    const age = Date.parse(clock.now()) - Date.parse(kept.fetched);
    return age >= 0 && age <= LONGEST_MS ? kept : undefined;
  };

  return {
    find,
    async keep(answer) {
      const known = await find(answer.url, answer.accept);
      if (known !== undefined && isSame(known, answer)) return;
      const { bytes, ...rest } = answer;
      const record = { ...rest, fetched: clock.now(), sha256: sha256(bytes), ...asText(bytes) };
      const content = Buffer.from(JSON.stringify(record));
      if (content.length > MAX_FILE_BYTES) return;
      await unlessBroken(async () => {
        await makeRoom(disk, path);
        await disk.writeUnsynced(`${path}/${nameOf(answer.url, answer.accept)}`, content, 0o600);
      });
    },
  };
}

function asText(bytes: Uint8Array): Pick<v.InferOutput<typeof KeptSchema>, 'base64' | 'text'> {
  const text = Buffer.from(bytes).toString();
  if (Buffer.from(text).equals(bytes)) return { text };
  return { base64: true, text: Buffer.from(bytes).toString('base64') };
}

const isSame = (one: KeptAnswer, other: KeptAnswer): boolean =>
  one.etag === other.etag &&
  one.lastModified === other.lastModified &&
  one.link === other.link &&
  one.listing === other.listing &&
  Buffer.from(one.bytes).equals(other.bytes);

async function read(disk: Disk, path: string) {
  const bytes = await disk.read(path, MAX_FILE_BYTES);
  if (bytes === undefined) return undefined;
  const { text, base64, ...kept } = v.parse(KeptSchema, JSON.parse(Buffer.from(bytes).toString()));
  const document = Buffer.from(text, base64 === true ? 'base64' : 'utf8');
  if (sha256(document) !== kept.sha256) return undefined;
  const { etag, lastModified, link, listing } = kept;
  return { ...kept, etag, lastModified, link, listing, bytes: document };
}

/** For one more: whatever is there too much, the oldest first. */
async function makeRoom(disk: Disk, path: string): Promise<void> {
  const files = [];
  for (const name of await disk.list(path)) {
    const entry = await disk.lstat(`${path}/${name}`);
    if (entry !== undefined) files.push({ name, ...entry.fingerprint });
  }
  // The digits of nanoseconds are as many for centuries, so they sort as text.
  const newestFirst = files.toSorted((a, b) => (a.mtimeNs < b.mtimeNs ? 1 : -1));
  let total = MAX_FILE_BYTES;
  for (const [index, { name, size }] of newestFirst.entries()) {
    total += size;
    if (index >= MAX_FILES - 1 || total > MAX_TOTAL_BYTES) await disk.remove(`${path}/${name}`);
  }
}

/** A full or damaged disk is told elsewhere; here it costs a longer answer. */
async function unlessBroken<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const isExpected =
      error instanceof UpdateError || error instanceof SyntaxError || error instanceof v.ValiError;
    if (!isExpected) throw error;
    return undefined;
  }
}
