/**
 * Tar archives block by block, as no program would write them: every field can be set to any bytes, and the checksum is
 * right unless it is given. Knows nothing of what is allowed.
 */

export interface RawHeader {
  readonly name: string;
  readonly typeflag?: string;
  /** The field as it stands, in Latin-1; for the size the number of bytes in `body` when absent. */
  readonly mode?: string;
  readonly size?: string;
  readonly checksum?: string;
  readonly linkName?: string;
  readonly magic?: string;
  readonly prefix?: string;
}

export interface RawEntry extends RawHeader {
  readonly body?: string | Uint8Array;
}

export const END = Buffer.alloc(1024);

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');

export function rawHeader(header: RawHeader, bodyBytes = 0): Buffer {
  const { name, typeflag = '0', linkName = '', magic = 'ustar\x0000', prefix = '' } = header;
  const block = Buffer.alloc(512);
  block.write(name, 0, 100);
  block.write(header.mode ?? '0000644\0', 100, 'latin1');
  block.write('0000000\x000000000\0', 108, 'latin1');
  block.write(header.size ?? `${octal(bodyBytes, 11)}\0`, 124, 'latin1');
  block.write('00000000000\0', 136, 'latin1');
  block.write(typeflag, 156, 1, 'latin1');
  block.write(linkName, 157, 100);
  block.write(magic, 257, 'latin1');
  block.write(prefix, 345, 155);
  block.write(' '.repeat(8), 148);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(header.checksum ?? `${octal(sum, 6)}\0 `, 148, 'latin1');
  return block;
}

/** Header, body, and zeros up to the next block. */
export function rawEntry({ body = '', ...header }: RawEntry): Buffer {
  const content = Buffer.from(body);
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([rawHeader(header, content.length), content, padding]);
}

/** The entries and the end. */
export function rawTar(...entries: readonly RawEntry[]): Buffer {
  return Buffer.concat([...entries.map(rawEntry), END]);
}

/** Records with right lengths. */
export function paxBody(...records: readonly (readonly [string, string])[]): string {
  return records.map(([key, value]) => paxRecord(key, value)).join('');
}

function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + String(bytes).length;
  if (String(length).length > String(bytes).length) length = bytes + String(length).length;
  return `${String(length)}${rest}`;
}

/** A PAX header for the entry that follows. */
export function pax(...records: readonly (readonly [string, string])[]): RawEntry {
  return { name: 'PaxHeaders/x', typeflag: 'x', body: paxBody(...records) };
}
