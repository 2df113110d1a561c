/** Reads what a file imports, types included, and follows those imports round in circles. */
import { posix } from 'node:path';
import { isCode, isNode, lineAt, type SourceFile } from './source-file.ts';

export interface Import {
  /** A path from the root of the checkout for a relative import, else the name as it is written. */
  readonly target: string;
  readonly line: number;
}

/** Imports, re-exports, `import()`, `import type`, `typeof import()` and `import x = require()`. */
export function importsOf(file: SourceFile): readonly Import[] {
  if (!isCode(file)) return [];
  return file.syntax().nodes.flatMap(({ node }) => {
    const name = specifierOf(
      node['type'] === 'TSExternalModuleReference' ? node['expression'] : node['source'],
    );
    if (name === undefined) return [];
    return [{ target: resolve(file.path, name), line: lineAt(file, node.start) }];
  });
}

function specifierOf(source: unknown): string | undefined {
  if (!isNode(source)) return undefined;
  return typeof source['value'] === 'string' ? source['value'] : undefined;
}

function resolve(path: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  const [plain = ''] = specifier.split('?');
  return posix.normalize(posix.join(posix.dirname(path), plain));
}

/** The package of a bare import: `hono` for `hono/cookie`, `@hono/node-server` for itself, `node:fs` for itself. */
export function packageOf(target: string): string {
  return target.split('/', target.startsWith('@') ? 2 : 1).join('/');
}

/** A workspace's package name leads to its entry file, so that a circle through it is seen too. */
const ENTRIES: Readonly<Record<string, string>> = {
  '@pikit/protocol': 'packages/protocol/src/index.ts',
  '@pikit/protocol/manifest': 'packages/protocol/src/manifest.ts',
  '@pikit/protocol/release-index': 'packages/protocol/src/release-index.ts',
};

/** Each circle once, as `a.ts → b.ts → a.ts`. */
export function circlesIn(files: readonly SourceFile[]): readonly string[] {
  const targets = new Map(
    files.map((file) => [
      file.path,
      importsOf(file).map(({ target }) => ENTRIES[target] ?? target),
    ]),
  );
  const finished = new Set<string>();
  const circles: string[] = [];
  const follow = (path: string, way: readonly string[]): void => {
    const met = way.indexOf(path);
    if (met !== -1) circles.push([...way.slice(met), path].join(' → '));
    if (met !== -1 || finished.has(path)) return;
    for (const target of targets.get(path) ?? []) follow(target, [...way, path]);
    finished.add(path);
  };
  for (const path of targets.keys()) follow(path, []);
  return circles;
}
