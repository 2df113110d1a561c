/**
 * One block of 512 bytes at the head of an entry, read without forgiveness: what two readers of tar might understand
 * differently is refused here. What the entry may be, and what its name, is decided elsewhere.
 */
import { UpdateError } from '@pikit/protocol';

export const BLOCK_BYTES = 512;

export interface TarHeader {
  /** With the prefix of the ustar format; long names come in records of their own. */
  readonly name: string;
  /** One character; of old archives NUL, which is the same as `0`. */
  readonly typeflag: string;
  readonly mode: number;
  readonly size: number;
  readonly linkText: string;
}

interface Field {
  readonly offset: number;
  readonly length: number;
}

const NAME = { offset: 0, length: 100 };
const MODE = { offset: 100, length: 8 };
const SIZE = { offset: 124, length: 12 };
const CHECKSUM = { offset: 148, length: 8 };
const TYPEFLAG = 156;
const LINK_TEXT = { offset: 157, length: 100 };
const MAGIC = { offset: 257, length: 8 };
const PREFIX = { offset: 345, length: 155 };

/** Spaces, digits, then nothing but spaces and NULs. Base-256 is for files beyond 8 GiB and for numbers below zero. */
const OCTAL = /^ *([0-7]+)[ \0]*$/;

const SPACE = 0x20;

/** The name is kept as it was written: a byte order mark is a part of it, and what is no UTF-8 shows as U+FFFD. */
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Up to the first NUL. */
export function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return UTF8.decode(end === -1 ? bytes : bytes.subarray(0, end));
}

/** Throws `bundle-invalid` for what is no header, `entry-refused` for one whose numbers are none. */
export function parseTarHeader(block: Uint8Array): TarHeader {
  const field = ({ offset, length }: Field): Uint8Array => block.subarray(offset, offset + length);
  const octal = (place: Field): number | undefined => {
    const digits = OCTAL.exec(String.fromCharCode(...field(place)))?.[1];
    return digits === undefined ? undefined : Number.parseInt(digits, 8);
  };
  if (octal(CHECKSUM) !== checksumOf(block)) throw notTar('a header with a wrong checksum');
  const magic = String.fromCharCode(...field(MAGIC));
  const isGnu = magic === 'ustar  \0';
  if (!isGnu && !magic.startsWith('ustar\0')) throw notTar('a header of an unknown format');
  const [prefix, rest] = [isGnu ? '' : textOf(field(PREFIX)), textOf(field(NAME))];
  const name = prefix === '' ? rest : `${prefix}/${rest}`;
  const [mode, size] = [octal(MODE), octal(SIZE)];
  if (mode === undefined) throw refusedEntry(name, 'no mode');
  if (size === undefined) throw refusedEntry(name, 'no size');
  return {
    name,
    typeflag: String.fromCharCode(block[TYPEFLAG] ?? 0),
    mode,
    size,
    linkText: textOf(field(LINK_TEXT)),
  };
}

/** The sum of all bytes, unsigned, as if its own field held spaces. */
export function checksumOf(block: Uint8Array): number {
  const end = CHECKSUM.offset + CHECKSUM.length;
  let sum = 0;
  for (let index = 0; index < BLOCK_BYTES; index += 1) {
    const isOwn = index >= CHECKSUM.offset && index < end;
    sum += isOwn ? SPACE : (block[index] ?? 0);
  }
  return sum;
}

export function notTar(reason: string): UpdateError {
  return new UpdateError('bundle-invalid', `the bundle is not a readable tar.gz: ${reason}`);
}

/** The one refusal of an entry, with as much of its name as a person can read. */
export function refusedEntry(name: string, reason: string): UpdateError {
  const path = name.slice(0, 200);
  return new UpdateError('entry-refused', `the bundle holds ${JSON.stringify(path)}: ${reason}`, {
    details: { path, reason },
  });
}
