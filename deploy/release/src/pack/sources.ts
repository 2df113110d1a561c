/**
 * What goes into a release, collected from the sources by name, kind and mode; nothing of their content is read. The order is
 * that of the paths' bytes, whatever order the filesystem tells them in.
 */
import { UpdateError } from '@pikit/protocol';
import { lstat, readdir, readlink, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { counted } from '../../../../packages/agent/src/core/counted.ts';
import type { ReleaseLink } from '../../../../packages/agent/src/core/release-links.ts';
import { refusalOfPath } from '../../../../packages/agent/src/core/release-path.ts';
import { createExclusion } from './globs.ts';
import { invalidConfig, type ReleaseConfig, type ReleaseEntry } from './release-config.ts';
import { errnoOf } from '../disk-failure.ts';

export interface SourceFile {
  /** Inside the release. */
  readonly path: string;
  /** On this disk. */
  readonly source: string;
  readonly mode: string;
  readonly size: number;
}

export interface Sources {
  readonly files: readonly SourceFile[];
  readonly links: readonly ReleaseLink[];
}

type Found = { readonly file: SourceFile } | { readonly link: ReleaseLink };

/**
 * `home` is the directory of the config, which is `file`. An entry that is itself a symlink is followed, as its author has
 * named it; one below a directory stays a symlink. Throws `config-invalid`, and as the agent would for a name or a type.
 */
export async function collectSources(
  { entry, exclude }: ReleaseConfig,
  home: string,
  file: string,
): Promise<Sources> {
  const isExcluded = createExclusion(exclude);
  const files: SourceFile[] = [];
  const links: ReleaseLink[] = [];
  for (const [index, one] of entry.entries()) {
    const root = resolve(home, one.from);
    const key = `entry.${String(index)}.from`;
    const before = files.length + links.length;
    for await (const found of below(one, await rootOf(root, key, file), isExcluded)) {
      if ('file' in found) files.push(found.file);
      else links.push(found.link);
    }
    if (files.length + links.length === before) throw invalidConfig(file, key, 'holds no file');
  }
  return { files: files.toSorted(byPath), links: links.toSorted(byPath) };
}

/** Not by UTF-16, in which some characters of two units stand before others of one. */
export function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  return Buffer.compare(Buffer.from(one.path), Buffer.from(other.path));
}

/** Names that hardly anybody means to publish, each with the first path that has it. */
export function suspiciousNames({ files }: Sources): readonly string[] {
  const kinds = [
    ['.git', /(?:^|\/)\.git(?:\/|$)/],
    ['node_modules', /(?:^|\/)node_modules(?:\/|$)/],
    ['.env', /(?:^|\/)\.env[^/]*(?:\/|$)/],
    ['.key', /\.key$/],
  ] as const;
  return kinds.flatMap(([name, pattern]) => {
    const inside = files.filter(({ path }) => pattern.test(path));
    if (inside[0] === undefined) return [];
    return [`${name} is in the release: ${inside[0].path} (${counted(inside.length, 'file')})`];
  });
}

interface Root {
  readonly source: string;
  readonly isDirectory: boolean;
}

async function rootOf(source: string, key: string, file: string): Promise<Root> {
  try {
    return { source, isDirectory: (await stat(source)).isDirectory() };
  } catch (cause) {
    throw invalidConfig(file, key, 'is not there', cause);
  }
}

async function* below(
  { to, mode }: ReleaseEntry,
  { source, isDirectory }: Root,
  isExcluded: (path: string) => boolean,
): AsyncGenerator<Found> {
  if (!isDirectory) {
    yield { file: fileOf(to, source, mode, await stat(source)) };
    return;
  }
  const waiting = [{ path: to, source }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const name of await namesOf(next.source)) {
      const path = `${next.path}/${name}`;
      if (isExcluded(path)) continue;
      // Before it is looked for: a name that is no UTF-8 was changed by reading it.
      assertPath(path);
      const source = join(next.source, name);
      const stats = await lstat(source);
      if (stats.isDirectory()) waiting.push({ path, source });
      else if (stats.isSymbolicLink()) yield { link: { path, to: await readlink(source) } };
      else yield { file: fileOf(path, source, mode, stats) };
    }
  }
}

async function namesOf(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (cause) {
    throw unreadable(directory, cause);
  }
}

/** `file-missing`: it cannot be in a release. */
export function unreadable(source: string, cause: unknown): UpdateError {
  const reason = 'cannot be read';
  return new UpdateError(
    'file-missing',
    `${source} ${reason}: ${errnoOf(cause) || String(cause)}`,
    {
      cause,
      details: { path: source, reason },
    },
  );
}

type Stats = Awaited<ReturnType<typeof stat>>;

function fileOf(path: string, source: string, mode: string | undefined, stats: Stats): SourceFile {
  if (!stats.isFile()) {
    const reason = 'is neither file, directory nor symlink';
    throw new UpdateError('entry-refused', `${source} ${reason}`, { details: { path, reason } });
  }
  const isExecutable = (Number(stats.mode) & 0o100) !== 0;
  return { path, source, size: Number(stats.size), mode: mode ?? (isExecutable ? '0755' : '0644') };
}

function assertPath(path: string): void {
  const reason = refusalOfPath(path);
  if (reason === undefined) return;
  throw new UpdateError('manifest-invalid', `${path}: ${reason}`, {
    details: { where: path, reason },
  });
}
