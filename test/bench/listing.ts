/** What a tree holds, in as many words as are needed to know it again: of each file its size and the digest of its content. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface ListedFile {
  readonly size: number;
  readonly sha256: string;
}

/** By paths below the tree. */
export type Listing = ReadonlyMap<string, ListedFile>;

export function listedFile(content: Buffer): ListedFile {
  return { size: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

/** Reads all of it. `directory` may be a link. */
export function listTree(directory: string): Listing {
  const names = readdirSync(directory, { encoding: 'utf8', recursive: true });
  const files = names.filter((path) => statSync(join(directory, path)).isFile());
  return new Map(files.map((path) => [path, listedFile(readFileSync(join(directory, path)))]));
}

/** The first difference in words, undefined when there is none. */
export function differenceOf(found: Listing, wanted: Listing): string | undefined {
  for (const [path, { sha256 }] of wanted) {
    const file = found.get(path);
    if (file === undefined) return `${path} is missing`;
    if (file.sha256 !== sha256) return `${path} has other content`;
  }
  const surplus = [...found.keys()].find((path) => !wanted.has(path));
  return surplus === undefined ? undefined : `${surplus} is too much`;
}
