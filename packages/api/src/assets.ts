/**
 * The built UI from its directory. Written small over node:fs, because hono's `serveStatic` follows symlinks out of the
 * directory and knows no ETag. Content decides the ETag: a reproducible build gives each release the same times.
 */
import { createHash } from 'node:crypto';
import { open, realpath } from 'node:fs/promises';
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

/** `prefix` is where the directory is mounted, with its slash at the end. */
export function serveAssets(directory: string, prefix: string): Handler {
  return async (c) => {
    const name = assetName(c.req.path.slice(prefix.length));
    const content = name === undefined ? undefined : await readInside(directory, name);
    if (name === undefined || content === undefined) {
      return c.text('Not found\n', 404, { 'cache-control': 'no-store' });
    }
    return answer(c, name, content);
  };
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
async function readInside(directory: string, name: string): Promise<Buffer | undefined> {
  try {
    const root = await realpath(directory);
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
  } catch (error) {
    if (ABSENT.has(codeOf(error))) return undefined;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function answer(c: ApiContext, name: string, content: Buffer): Response {
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
  const isHashed = name.startsWith('assets/');
  const headers = {
    etag,
    'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  const known = c.req.header('if-none-match')?.split(',') ?? [];
  if (known.some((tag) => tag.trim().replace(/^W\//, '') === etag)) {
    return c.body(null, 304, headers);
  }
  const type = TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream';
  return c.body(new Uint8Array(content), 200, { ...headers, 'content-type': type });
}
