/**
 * Stands before the tar library, which parses and decides nothing, and sees every byte first: the structure of the archive,
 * the types of its entries and what their headers may claim. It tells the entries that went by, so that what the library
 * makes of them can be compared. Names, and whether a release has such a file, are the entry policy's business.
 */
import { UpdateError } from '@pikit/protocol';
import { parsePaxRecords, type PaxRecords } from './pax-records.ts';
import {
  BLOCK_BYTES,
  notTar,
  parseTarHeader,
  refusedEntry,
  textOf,
  type TarHeader,
} from './tar-header.ts';

/**
 * `recordBytes`: a record with a long name or attributes is read as a whole before its entry; the longest path that a
 * release may have takes an eighth. `headers`: a million empty directories cost time and nothing else.
 */
export const TAR_LIMITS = { recordBytes: 16 * 1024, headers: 100_000 } as const;

export interface TarEntry {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink';
  readonly mode: number;
  readonly size: number;
  /** Of a symlink; empty for anything else. */
  readonly linkText: string;
}

export interface TarGuard {
  /** The next bytes of the archive. Throws `entry-refused`, `bundle-invalid` or `too-large`. */
  readonly push: (chunk: Uint8Array) => void;
  /** No more bytes. Throws `bundle-invalid` when it broke off. */
  readonly end: () => void;
  /** Of the entries whose headers have gone by, the oldest that was not yet taken. */
  readonly take: () => TarEntry | undefined;
  /** The content of the entry that was just taken, with what fills up its last block, is passed over: its bytes do not come. */
  readonly pass: () => void;
}

const TYPES = new Map<string, TarEntry['type']>([
  ['\0', 'file'],
  ['0', 'file'],
  ['2', 'symlink'],
  ['5', 'directory'],
]);

/** For the message alone. Whatever is not above is refused, known or not. */
const REFUSED_TYPES: Readonly<Record<string, string>> = {
  '1': 'link',
  '3': 'character-device',
  '4': 'block-device',
  '6': 'fifo',
  '7': 'contiguous-file',
  D: 'list of a directory',
  M: 'piece of another volume',
  N: 'old long name',
  S: 'sparse file',
  V: 'volume label',
};

/** Records that stand before an entry and are about it. */
type RecordKind = 'pax' | 'long-path' | 'long-link';
const RECORDS = new Map<string, RecordKind | 'global'>([
  ['x', 'pax'],
  ['g', 'global'],
  ['L', 'long-path'],
  ['K', 'long-link'],
]);

type Pending = Partial<PaxRecords> & { readonly kinds: readonly (RecordKind | 'global')[] };
const NOTHING: Pending = { kinds: [] };

export function createTarGuard(): TarGuard {
  const waiting: TarEntry[] = [];
  const block = new Uint8Array(BLOCK_BYTES);
  let filled = 0;
  let headers = 0;
  let hasEnded = false;
  let zeroBlocks = 0;
  let pending = NOTHING;
  /** What is left of a body, with what fills up its last block. */
  let bodyLeft = 0;
  let record: { readonly kind: RecordKind | 'global'; readonly bytes: Uint8Array } | undefined;
  let recorded = 0;

  const onBlock = (): void => {
    const isZero = block.every((byte) => byte === 0);
    if (hasEnded && !isZero) throw notTar('more after its end');
    if (isZero) {
      if (pending.kinds.length > 0) throw notTar('a record without an entry');
      hasEnded = true;
      zeroBlocks += 1;
      return;
    }
    headers += 1;
    if (headers > TAR_LIMITS.headers) throw tooMany();
    const header = parseTarHeader(block);
    const kind = RECORDS.get(header.typeflag);
    bodyLeft = Math.ceil(header.size / BLOCK_BYTES) * BLOCK_BYTES;
    if (kind === undefined) {
      waiting.push(entryOf(header, pending));
      pending = NOTHING;
      return;
    }
    assertRecord(header, kind, pending);
    record = { kind, bytes: new Uint8Array(header.size) };
    recorded = 0;
  };

  const onBody = (piece: Uint8Array): void => {
    bodyLeft -= piece.length;
    if (record === undefined) return;
    record.bytes.set(piece.subarray(0, record.bytes.length - recorded), recorded);
    recorded = Math.min(record.bytes.length, recorded + piece.length);
    if (bodyLeft > 0) return;
    pending = withRecord(pending, record.kind, record.bytes);
    record = undefined;
  };

  return {
    push: (chunk) => {
      for (let offset = 0; offset < chunk.length;) {
        const wanted = bodyLeft > 0 ? bodyLeft : BLOCK_BYTES - filled;
        const piece = chunk.subarray(offset, offset + wanted);
        offset += piece.length;
        if (bodyLeft > 0) {
          onBody(piece);
          continue;
        }
        block.set(piece, filled);
        filled = (filled + piece.length) % BLOCK_BYTES;
        if (filled === 0) onBlock();
      }
    },
    end: () => {
      if (bodyLeft > 0 || filled > 0) throw notTar('it breaks off');
      if (zeroBlocks < 2) throw notTar('it has no end');
    },
    take: () => waiting.shift(),
    pass: () => void (bodyLeft = 0),
  };
}

function entryOf(header: TarHeader, { path, linkText, size }: Pending): TarEntry {
  const name = path ?? header.name;
  const type = TYPES.get(header.typeflag);
  if (type === undefined) {
    throw refusedEntry(name, `type ${REFUSED_TYPES[header.typeflag] ?? 'unknown'}`);
  }
  if (size !== undefined && size !== String(header.size)) throw refusedEntry(name, 'two sizes');
  // Some readers take what follows for content, others for the next header.
  if (type !== 'file' && header.size > 0) throw refusedEntry(name, `${type} with content`);
  const text = linkText ?? header.linkText;
  if (type === 'symlink' && text === '') throw refusedEntry(name, 'link to nothing');
  if (type !== 'symlink' && text !== '') throw refusedEntry(name, `${type} that is a link too`);
  return { path: name, type, mode: header.mode, size: header.size, linkText: text };
}

/** One of each, and not two ways to say the same: readers differ in which one counts. */
function assertRecord(
  { name, size }: TarHeader,
  kind: RecordKind | 'global',
  { kinds }: Pending,
): void {
  const isPax = kind === 'pax' || kind === 'global';
  const clash = kinds.some((other) =>
    isPax ? kind === 'global' || other !== 'global' : other === kind || other === 'pax',
  );
  if (clash) throw refusedEntry(name, 'too many records for one entry');
  if (size === 0) throw refusedEntry(name, 'empty record');
  if (size > TAR_LIMITS.recordBytes) throw refusedEntry(name, 'record too large');
}

function withRecord(pending: Pending, kind: RecordKind | 'global', body: Uint8Array): Pending {
  const kinds = [...pending.kinds, kind];
  if (kind === 'pax' || kind === 'global') {
    const records = parsePaxRecords(body, { isGlobal: kind === 'global' });
    if ('refusal' in records) throw refusedEntry('a PAX header', records.refusal);
    return { ...records, kinds };
  }
  const text = textOf(body);
  const end = body.indexOf(0);
  const isPlain = text !== '' && (end === -1 || body.subarray(end).every((byte) => byte === 0));
  if (!isPlain) throw refusedEntry(text, 'long name with something behind it');
  return kind === 'long-path'
    ? { ...pending, path: text, kinds }
    : { ...pending, linkText: text, kinds };
}

function tooMany(): UpdateError {
  const { headers } = TAR_LIMITS;
  return new UpdateError('too-large', `the bundle holds more than ${headers} entries`, {
    details: { entries: headers },
  });
}
