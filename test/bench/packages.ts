/**
 * Published versions of a package, from the registry that npm is configured for. What they hold is not looked at; nothing of it is
 * run.
 */
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './programs.ts';
import type { TreeFile } from './tree.ts';
import type { PackageWorkload } from './workload.ts';

const LONGEST_MS = 60_000;
const QUIET = ['--loglevel=error', '--ignore-scripts', '--no-update-notifier'];
const PATIENCE = ['--fetch-timeout=20000', '--fetch-retries=1'];

/** Directories with the content of both versions. Rejects, after a minute at the latest; npm's words are the cause. */
export async function fetchVersions(
  { package: name, versions }: Pick<PackageWorkload, 'package' | 'versions'>,
  into: string,
): Promise<readonly [before: string, after: string]> {
  const [before, after] = versions;
  return [await fetchVersion(name, before, into), await fetchVersion(name, after, into)];
}

async function fetchVersion(name: string, version: string, into: string): Promise<string> {
  const [packed, tree] = [join(into, `${version}.packed`), join(into, version)];
  await mkdir(packed, { recursive: true });
  await mkdir(tree);
  const args = ['pack', `${name}@${version}`, `--pack-destination=${packed}`];
  const program = process.env['npm_execpath'];
  const [npm, first] =
    program === undefined ? (['npm', []] as const) : ([process.execPath, [program]] as const);
  const options = { cwd: into, timeout: LONGEST_MS };
  await run(npm, [...first, ...args, ...QUIET, ...PATIENCE], options).catch((cause: unknown) => {
    throw new Error(`npm does not get ${name}@${version}`, { cause });
  });
  const [file] = await readdir(packed);
  if (file === undefined) throw new Error(`npm pack made no file of ${name}@${version}`);
  const plain = ['--strip-components=1', '--no-same-owner', '--no-same-permissions'];
  await run('tar', ['-xzf', join(packed, file), '-C', tree, ...plain]);
  return tree;
}

/** Regular files, as npm packs no others; nothing is kept in memory but one of them. */
export async function* readTree(directory: string): AsyncGenerator<TreeFile> {
  const names = await readdir(directory, { recursive: true });
  for (const path of names.toSorted()) {
    const stats = await stat(join(directory, path));
    if (!stats.isFile()) continue;
    const isExecutable = (stats.mode & 0o100) !== 0;
    yield { path, content: await readFile(join(directory, path)), isExecutable };
  }
}
