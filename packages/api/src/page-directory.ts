/**
 * Where the page lies: beside the very program that serves it, so that both are always of one release, unless the owner has chosen
 * a page of his own.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DEFAULT_UI_DIRECTORY } from './config.ts';

/**
 * The page first; after it where the page of an earlier release may lie. `program` has no symlinks in it: the next update leads the
 * links elsewhere while this program still runs.
 */
export function pageDirectories(program: string, configured: string): readonly string[] {
  const lib = dirname(program);
  const beside = join(dirname(lib), 'ui');
  const isRelease = basename(lib) === 'lib' && existsSync(join(beside, 'index.html'));
  return configured === DEFAULT_UI_DIRECTORY && isRelease ? [beside, configured] : [configured];
}
