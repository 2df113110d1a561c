/**
 * The built UI from its directory. Written small over node:fs, because hono's `serveStatic` follows symlinks out of the
 * directory and knows no ETag. Content decides the ETag: a reproducible build gives each release the same times. What a page of
 * the release before may still ask for is looked for there.
 */
import { createHash } from 'node:crypto';
import { open, readdir, realpath } from 'node:fs/promises';
import { extname, sep } from 'node:path';
import type { ApiContext, Handler } from './request.ts';

const MAX_FILE_BYTES = 8 * 1024 * 1024;

/** A name that cannot exist is as absent as one that does not; anything else (permission, a broken disk) is not. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP']);

/** What a browser needs a right answer for; everything else is bytes. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/** Where vite puts files whose names carry a digest of their content: the same name is the same file, whatever the release. */
const HASHED = 'assets/';

/** A directory of a release tree, as the agent lays them out: what holds all trees, and where in its own it is. */
const IN_TREE = /^(.*\/var\/lib\/pikit\/releases)\/[^/]+(\/.+)$/;

interface Found {
  readonly content: Buffer;
  readonly encoding: 'gzip' | undefined;
}

/**
 * Of the first directory; the others have what a page of an earlier release may still ask for. `prefix` is where it is mounted,
 * with its slash at the end.
 */
export function serveAssets(directories: readonly string[], prefix: string): Handler {
  return async (c) => {
    const name = assetName(c.req.path.slice(prefix.length));
    const found =
      name === undefined ? undefined : await find(directories, name, takesGzip(c.req.header()));
    if (name === undefined || found === undefined) {
      return c.text('Not found\n', 404, { 'cache-control': 'no-store' });
    }
    return answer(c, name, found);
  };
}

/** Of gzip alone is there a second file: browsers ask for brotli over https only, which most home networks lack. */
function takesGzip({
  'accept-encoding': accepted = '',
}: Readonly<Record<string, string>>): boolean {
  return accepted
    .split(',')
    .some((part) => /^\s*gzip\s*(?:;(?!\s*q=0(?:\.0*)?\s*$).*)?$/i.test(part));
}

async function find(
  directories: readonly string[],
  name: string,
  takesGzip: boolean,
): Promise<Found | undefined> {
  for await (const place of placesOf(directories, name)) {
    const zipped = takesGzip ? await readInside(place, `${name}.gz`) : undefined;
    if (zipped !== undefined) return { content: zipped, encoding: 'gzip' };
    const content = await readInside(place, name);
    if (content !== undefined) return { content, encoding: undefined };
  }
  return undefined;
}

/** After a switch an open page still asks for chunks of its own release; the agent keeps the tree of that. */
async function* placesOf(
  [page = '', ...others]: readonly string[],
  name: string,
): AsyncGenerator<string, void, undefined> {
  const root = await realOf(page);
  if (root === undefined) return;
  yield root;
  if (!name.startsWith(HASHED)) return;
  const [, trees, inside] = IN_TREE.exec(root) ?? [];
  for (const tree of trees === undefined ? [] : await readdir(trees)) {
    const place = await realOf(`${trees}/${tree}${inside}`);
    if (place !== undefined && place !== root && place.startsWith(trees + sep)) yield place;
  }
  for (const other of others) {
    const place = await realOf(other);
    if (place !== undefined) yield place;
  }
}

/** A path inside the directory, or undefined: no dotfiles, no `..`, no backslash, no empty parts. */
export function assetName(path: string): string | undefined {
  let name: string;
  try {
    name = decodeURIComponent(path);
  } catch {
    // because a broken escape names nothing.
    return undefined;
  }
  if (name === '') return 'index.html';
  const isPlain = name.split('/').every((part) => /^[^.\\\0][^\\\0]*$/.test(part));
  return isPlain ? name : undefined;
}

/** Looked up anew each time: the directory lies behind the symlink that an update switches. */
const realOf = (path: string): Promise<string | undefined> => unlessAbsent(() => realpath(path));

/** `root` has no symlinks in it any more. */
function readInside(root: string, name: string): Promise<Buffer | undefined> {
  return unlessAbsent(async () => {
    const path = await realpath(`${root}${sep}${name}`);
    if (!path.startsWith(root + sep)) return undefined;
    const file = await open(path, 'r');
    try {
      const entry = await file.stat();
      if (!entry.isFile() || entry.size > MAX_FILE_BYTES) return undefined;
      return await file.readFile();
    } finally {
      await file.close();
    }
  });
}

async function unlessAbsent<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (ABSENT.has(codeOf(error))) return undefined;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function answer(c: ApiContext, name: string, { content, encoding }: Found): Response {
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
  const isHashed = name.startsWith(HASHED);
  const headers = {
    etag,
    vary: 'accept-encoding',
    'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  const known = c.req.header('if-none-match')?.split(',') ?? [];
  if (known.some((tag) => tag.trim().replace(/^W\//, '') === etag)) {
    return c.body(null, 304, headers);
  }
  const type = TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream';
  return c.body(new Uint8Array(content), 200, {
    ...headers,
    'content-type': type,
    ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
  });
}
