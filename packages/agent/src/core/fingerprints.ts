/**
 * The record by which a file of the running release is known to be unchanged without reading it, as git's index knows it: a
 * mark of what the filesystem says of it, for each file in the order of the tree's record. Any change of content, owner,
 * mode or number of links changes that; a mark that does not fit costs a reading and nothing else.
 */

/** What the filesystem says of a file: numbers as decimal strings, as inodes pass 2^53. */
interface Stamp {
  readonly inode: string;
  readonly size: number;
  readonly mtimeNs: string;
  readonly ctimeNs: string;
}

export interface Fingerprints {
  /** The name of the tree. */
  readonly tree: string;
  readonly marks: readonly string[];
}

/** Of a SHA-256: by chance alone two stamps have the same in one of 2^64 cases. */
const MARK_LENGTH = 16;

/** `digest` is a SHA-256 in hexadecimal. */
export function markOf(
  { inode, size, mtimeNs, ctimeNs }: Stamp,
  digest: (content: Uint8Array) => string,
): string {
  const text = `${inode} ${String(size)} ${mtimeNs} ${ctimeNs}`;
  return digest(new TextEncoder().encode(text)).slice(0, MARK_LENGTH);
}

export function encodeFingerprints({ tree, marks }: Fingerprints): string {
  return `${[tree, ...marks].join('\n')}\n`;
}

/** Undefined for what is torn: `files` is how many the tree has. */
export function parseFingerprints(
  bytes: Uint8Array,
  tree: string,
  files: number,
): Fingerprints | undefined {
  const [name, ...marks] = new TextDecoder().decode(bytes).split('\n');
  const isWhole = name === tree && marks.pop() === '' && marks.length === files;
  return isWhole ? { tree, marks } : undefined;
}

/** Bytes. */
export const MAX_FINGERPRINTS = 1024 * 1024;
