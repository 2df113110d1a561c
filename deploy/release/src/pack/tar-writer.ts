/**
 * Headers of a tar archive in the POSIX format, with nothing of the machine in them: no owner, no name of one, one time for
 * all. A name that the old fields cannot hold stands in a PAX record, which every reader knows.
 */
import { BLOCK_BYTES, checksumOf } from '../../../../packages/agent/src/core/tar-header.ts';

export interface TarItem {
  readonly path: string;
  readonly kind: 'file' | 'link' | 'directory';
  readonly mode: number;
  readonly size: number;
  /** Of a link. */
  readonly to?: string;
}

const TYPEFLAGS = { file: '0', link: '2', directory: '5', pax: 'x' } as const;

/** Behind the last entry. */
export const TAR_END = new Uint8Array(2 * BLOCK_BYTES);

/** What a name shows to readers from before 2001; the record before it has the real one. */
const SHORT_NAME = 'PaxHeader';
const FIELD_BYTES = 100;

/** One block, or with a record for long or foreign names three and more. */
export function tarHeader(item: TarItem, mtime: number): Uint8Array {
  const name = item.kind === 'directory' ? `${item.path}/` : item.path;
  const { to = '' } = item;
  const records = [
    ...(fitsField(name) ? [] : [paxRecord('path', name)]),
    ...(fitsField(to) ? [] : [paxRecord('linkpath', to)]),
  ].join('');
  const own = headerBlock({
    name: fitsField(name) ? name : SHORT_NAME,
    to: fitsField(to) ? to : SHORT_NAME,
    typeflag: TYPEFLAGS[item.kind],
    mode: item.mode,
    size: item.size,
    mtime,
  });
  if (records === '') return own;
  const body = Buffer.from(records);
  const pax = { name: SHORT_NAME, to: '', typeflag: TYPEFLAGS.pax, mode: 0o644, mtime };
  return Buffer.concat([
    headerBlock({ ...pax, size: body.length }),
    body,
    paddingOf(body.length),
    own,
  ]);
}

/** Fills the last block of a body. */
export function paddingOf(size: number): Uint8Array {
  return new Uint8Array(Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES - size);
}

/** What is not ASCII has no agreed meaning in the old fields. */
function fitsField(text: string): boolean {
  return text.length <= FIELD_BYTES && /^[\x20-\x7e]*$/.test(text);
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length > length) length += 1;
  return `${String(length)} ${key}=${value}\n`;
}

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');

interface Fields {
  readonly name: string;
  readonly to: string;
  readonly typeflag: string;
  readonly mode: number;
  readonly size: number;
  readonly mtime: number;
}

/** POSIX.1-2001, ustar interchange format; every field ends in a NUL, and owner, group and device are nobody's. */
function headerBlock({ name, to, typeflag, mode, size, mtime }: Fields): Uint8Array {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.write(name, 0);
  block.write(octal(mode, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(mtime, 11), 136);
  block.write(typeflag, 156);
  block.write(to, 157);
  block.write('ustar\x0000', 257);
  block.write(`${octal(checksumOf(block), 6)}\0 `, 148);
  return block;
}
