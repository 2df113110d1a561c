/**
 * What is known of a half-fetched file, kept beside it so that a resume after a reboot never glues two files together.
 * `NAME.part` holds the bytes, `NAME.resume.json` says which file they belong to.
 */
import * as v from 'valibot';
import type { Disk } from '../ports.ts';

const MAX_BYTES = 16 * 1024;

const ResumeRecordSchema = v.object({
  url: v.string(),
  /** Strong, or none: a weak one does not promise the same bytes. */
  etag: v.nullable(v.string()),
  size: v.nullable(v.number()),
});
export type ResumeRecord = v.InferOutput<typeof ResumeRecordSchema>;

export interface ResumeState {
  /** The whole file lies under its name. */
  finishedBytes(url: string): Promise<number | undefined>;
  /** Bytes that can be kept, and the record they belong to. */
  kept(
    url: string,
  ): Promise<{ readonly offset: number; readonly record: ResumeRecord } | undefined>;
  /** Forgets what lies there and remembers whose bytes come next, durably before the first of them. */
  begin(record: ResumeRecord): Promise<void>;
  append(offset: number, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Puts the file under its name. */
  finish(record: ResumeRecord): Promise<void>;
  forget(): Promise<void>;
}

export function createResumeState(disk: Disk, to: string): ResumeState {
  const part = `${to}.part`;
  const sidecar = `${to}.resume.json`;

  const load = async (): Promise<ResumeRecord | undefined> => {
    try {
      const bytes = await disk.read(sidecar, MAX_BYTES);
      return bytes && v.parse(ResumeRecordSchema, JSON.parse(Buffer.from(bytes).toString()));
    } catch {
      // because a torn record only costs a fresh start
      return undefined;
    }
  };

  const save = (record: ResumeRecord): Promise<void> =>
    disk.write(sidecar, `${JSON.stringify(record)}\n`, 0o600);

  const sizeOf = async (path: string): Promise<number | undefined> => {
    const entry = await disk.lstat(path);
    return entry?.kind === 'file' ? entry.size : undefined;
  };

  return {
    async finishedBytes(url) {
      const [size, record] = [await sizeOf(to), await load()];
      if (size !== undefined && record?.url === url && record.size === size) return size;
      return undefined;
    },
    async kept(url) {
      const [offset, record] = [await sizeOf(part), await load()];
      if (offset === undefined || offset === 0 || record?.url !== url || record.etag === null) {
        return undefined;
      }
      if (record.size !== null && offset > record.size) return undefined;
      return { offset, record };
    },
    async begin(record) {
      for (const path of [to, part]) await disk.remove(path);
      await save(record);
    },
    append: (offset, content) => disk.resume(part, offset, content),
    async finish(record) {
      await save(record);
      await disk.rename(part, to);
    },
    async forget() {
      for (const path of [part, sidecar]) await disk.remove(path);
    },
  };
}
