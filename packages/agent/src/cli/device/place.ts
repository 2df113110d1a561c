/** Looks at names on the device, and knows its users and groups. Follows no link and changes nothing. */
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from './facts.ts';

export interface Accounts {
  readonly userOf: (uid: number) => string;
  readonly groupOf: (gid: number) => string;
  /** Whether the api has its own group here; a sandbox has none. */
  readonly hasApiGroup: boolean;
}

const API_GROUP = 'pikit';

/** `ownUid`: of whoever looks; below `--root` the files of the agent are theirs. */
export async function readAccounts(root: string, ownUid: number): Promise<Accounts> {
  const users = parse(await textOf(join(root, 'etc/passwd')));
  const groups = parse(await textOf(join(root, 'etc/group')));
  return {
    userOf: (uid) => (uid === ownUid ? 'root' : (users.get(uid) ?? String(uid))),
    groupOf: (gid) => (gid === 0 ? 'root' : (groups.get(gid) ?? String(gid))),
    hasApiGroup: [...groups.values()].includes(API_GROUP),
  };
}

export async function lookAt(root: string, path: string, accounts: Accounts): Promise<Place> {
  try {
    const found = await lstat(join(root, path));
    return {
      path,
      kind: kindOf(found),
      mode: found.mode & 0o7777,
      owner: accounts.userOf(found.uid),
      group: accounts.groupOf(found.gid),
    };
  } catch {
    // because whatever cannot be seen is not there for the agent either
    return { path, kind: 'absent', mode: 0, owner: '', group: '' };
  }
}

type Found = Awaited<ReturnType<typeof lstat>>;

function kindOf(found: Found): Place['kind'] {
  if (found.isFile()) return 'file';
  if (found.isDirectory()) return 'directory';
  if (found.isSocket()) return 'socket';
  return found.isSymbolicLink() ? 'link' : 'other';
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    // because a sandbox has no such file
    return '';
  }
}

/** `name:x:number:…`, for both files. */
function parse(text: string): ReadonlyMap<number, string> {
  const rows = text.split('\n').map((line) => line.split(':'));
  return new Map(
    rows.flatMap(([name, , id]): [number, string][] =>
      name !== undefined && id !== undefined ? [[Number(id), name]] : [],
    ),
  );
}
