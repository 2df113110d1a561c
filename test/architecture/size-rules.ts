/** Rules on length and on the opening comment: what a reader meets first. */
import type { Rule } from './rule.ts';
import { isCode, isNode, isShell, lineAt, type Node, type SourceFile } from './source-file.ts';

const FILE_LINES = 300;
const FUNCTION_LINES = 70;

const linesOf = (text: string): number => text.replace(/\n$/, '').split('\n').length;

const isScript = (file: SourceFile): boolean => isCode(file) || isShell(file);
const isStyle = ({ path }: SourceFile): boolean => path.endsWith('.css');

/** The body handed to `describe` groups tests as a file does; each test in it is measured on its own. */
function groupsTests(node: Node, around: readonly Node[]): boolean {
  const call = around.at(-1);
  if (call?.type !== 'CallExpression' || call['callee'] === node) return false;
  let callee: unknown = call['callee'];
  while (isNode(callee) && callee.type !== 'Identifier') {
    callee = callee['object'] ?? callee['callee'] ?? callee['tag'];
  }
  return isNode(callee) && callee['name'] === 'describe';
}

/** From the first line of a function to its last, functions inside it included. */
function longFunctions(file: SourceFile): readonly string[] {
  return file.syntax().nodes.flatMap(({ node, around }) => {
    if (!/Function(Declaration|Expression)$/.test(node.type) || groupsTests(node, around))
      return [];
    const lines = linesOf(file.text.slice(node.start, node.end));
    if (lines <= FUNCTION_LINES) return [];
    return [`${file.path}:${lineAt(file, node.start)} a function of ${lines} lines`];
  });
}

/** Without the shebang: `/** … *` + `/` in code, lines of `#` in a shell script. */
function openingComment(file: SourceFile): string {
  const text = file.text.replace(/^#!.*\n/, '');
  const found = isCode(file) ? /^\/\*\*[\s\S]*?\*\//.exec(text) : /^(#.*\n)+/.exec(text);
  return (found?.[0] ?? '').replaceAll(/^[ \t]*(\/\*\*|\*\/|\*|#)|\*\/$/gm, '').trim();
}

const source = (lines: number): string => 'x();\n'.repeat(lines);
const functionOf = (lines: number): string => `{\n${source(lines - 2)}}`;

export const SIZE_RULES: readonly Rule[] = [
  {
    rule: `a file has at most ${FILE_LINES} lines`,
    because: 'a file that does not fit in the head has more than one subject',
    find: (files) =>
      files
        .filter((file) => isScript(file) || isStyle(file))
        .map(({ path, text }) => ({ path, lines: linesOf(text) }))
        .filter(({ lines }) => lines > FILE_LINES)
        .map(({ path, lines }) => `${path} has ${lines} lines`),
    bites: {
      'a source': { 'packages/api/src/app.ts': source(301) },
      'a test': { 'packages/api/test/app.test.ts': source(301) },
      'a script without an extension': {
        'test/support/bin/systemctl': `#!/bin/sh\n${source(300)}`,
      },
      'a style sheet': { 'packages/ui/src/style.css': source(301) },
    },
    spares: {
      'a file of exactly the limit': { 'packages/api/src/app.ts': source(300) },
      'a long page of words': { 'README.md': source(301) },
    },
  },
  {
    rule: `a function has at most ${FUNCTION_LINES} lines`,
    because: 'a reader must see its beginning and its end at once',
    find: (files) => files.filter(isCode).flatMap(longFunctions),
    bites: {
      'a function': { 'a.ts': `function f() ${functionOf(71)}` },
      'a method': { 'a.ts': `const a = { f() ${functionOf(71)} };` },
      'an arrow': { 'a.ts': `const f = () => ${functionOf(71)};` },
      'a test': { 'a.test.ts': `describe('a', () => { it('b', () => ${functionOf(71)}); });` },
    },
    spares: {
      'a function of exactly the limit': { 'a.ts': `function f() ${functionOf(70)}` },
      'a group of tests': { 'a.test.ts': `describe('a', () => ${functionOf(71)});` },
      'a group of tests over a table': {
        'a.test.ts': `describe.each(t)('a', () => ${functionOf(71)});`,
      },
    },
  },
  {
    rule: 'a file opens with a comment that says what it is for',
    because: 'a reader decides by it whether to read on',
    find: (files) =>
      files
        .filter(isScript)
        .filter((file) => !/\w+ \w+ \w+[\s\S]*[.:]/.test(openingComment(file)))
        .map(({ path }) => `${path} does not open with a comment`),
    bites: {
      'a file without one': { 'a.ts': 'export const a = 1;' },
      'a comment after the imports': { 'a.ts': `import 'b';\n/** What this is for. */\n` },
      'a comment that says nothing': { 'a.ts': '/** Config. */\nexport const a = 1;' },
      'a line comment': { 'a.tsx': '// What this is for.\nexport const a = 1;' },
      'a shell script that begins at once': { 'a.sh': '#!/bin/sh\nset -eu\n' },
      'a script without an extension': { 'bin/a': '#!/bin/sh\nset -eu\n' },
    },
    spares: {
      'a source': { 'a.ts': '/** What this is for. */\n' },
      'a script for node': { 'a.mjs': '#!/usr/bin/env node\n/**\n * What this is for.\n */\n' },
      'a shell script': { 'a.sh': '#!/bin/sh\n# What this is for.\nset -eu\n' },
    },
  },
];
