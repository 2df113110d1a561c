/**
 * The text of the checkout as the rules see it: every file that a person wrote, with its syntax tree on demand. The tree
 * comes from vite's own parser (oxc), so that strings and comments are never mistaken for code.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { parseSync } from 'vite';

export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

interface Comment {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

interface Syntax {
  /** Every node with the nodes around it, innermost last. */
  readonly nodes: readonly { readonly node: Node; readonly around: readonly Node[] }[];
  readonly comments: readonly Comment[];
}

export interface SourceFile {
  /** From the root of the checkout, with slashes. */
  readonly path: string;
  readonly text: string;
  /** Fails for a file that is not TypeScript or JavaScript, or does not parse. */
  syntax(): Syntax;
}

const NOT_WRITTEN_BY_PEOPLE = new Set(['node_modules', 'dist', '.git', '.sandbox', 'test-output']);
const TEXT = new Set(
  '.ts .tsx .mjs .js .sh .css .html .json .md .toml .service .socket .timer .conf .yml .yaml .svg .py'.split(
    ' ',
  ),
);
const CODE = new Set(['.ts', '.tsx', '.mjs', '.js']);

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

export function isCode({ path }: SourceFile): boolean {
  return CODE.has(extname(path));
}

export function isShell({ path, text }: SourceFile): boolean {
  return extname(path) === '.sh' || /^#!.*\bsh\b/.test(text);
}

/** The line of an offset, counted from 1. */
export function lineAt({ text }: SourceFile, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

export function createSourceFile(path: string, text: string): SourceFile {
  let known: Syntax | undefined;
  return { path, text, syntax: () => (known ??= parse(path, text)) };
}

/** All text files below `root`, sorted by path. */
export function readSourceFiles(root: string): readonly SourceFile[] {
  const found: SourceFile[] = [];
  const enter = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      // In a linked worktree `.git` is a file.
      if (NOT_WRITTEN_BY_PEOPLE.has(entry.name)) continue;
      if (entry.isDirectory()) enter(path);
      if (entry.isFile() && (TEXT.has(extname(path)) || extname(path) === '')) {
        found.push(createSourceFile(path, readFileSync(join(root, path), 'utf8')));
      }
    }
  };
  enter('');
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function parse(path: string, text: string): Syntax {
  const { program, comments, errors } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path} does not parse: ${error.message}`);
  const nodes: { node: Node; around: readonly Node[] }[] = [];
  const enter = (value: unknown, around: readonly Node[]): void => {
    if (Array.isArray(value)) {
      for (const each of value) enter(each, around);
    } else if (isNode(value)) {
      nodes.push({ node: value, around });
      const inside = [...around, value];
      for (const each of Object.values(value)) enter(each, inside);
    }
  };
  enter(program, []);
  return { nodes, comments };
}
