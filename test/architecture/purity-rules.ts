/** Rules on what code may touch without importing it: the clock, chance, promises, the environment. */
import type { Rule } from './rule.ts';
import { isCode, isNode, lineAt, type Node, type SourceFile } from './source-file.ts';
import { behaviourIn } from './behaviour.ts';
import { isMain, ships } from './import-rules.ts';

/** Globals that make the same call answer differently twice, or later. */
const IMPURE = new Set(
  'Date Promise performance crypto fetch process setTimeout setInterval setImmediate queueMicrotask AbortSignal AbortController'.split(
    ' ',
  ),
);

/** Dotted name of an expression such as `Math.random`; brackets count as dots. */
function dotted(node: unknown): string {
  if (!isNode(node)) return '';
  if (node.type === 'Identifier') return String(node['name']);
  if (node.type !== 'MemberExpression') return '';
  const { property } = node;
  const member = isNode(property) ? (property['name'] ?? property['value']) : '';
  return `${dotted(node['object'])}.${String(member)}`;
}

function complaints(
  files: readonly SourceFile[],
  word: (node: Node, around: readonly Node[]) => string | undefined,
): readonly string[] {
  return files.filter(isCode).flatMap((file) =>
    file.syntax().nodes.flatMap(({ node, around }) => {
      const what = word(node, around);
      return what === undefined ? [] : [`${file.path}:${lineAt(file, node.start)} ${what}`];
    }),
  );
}

function impurity(node: Node, around: readonly Node[]): string | undefined {
  if (node['async'] === true) return 'is async';
  if (node.type === 'AwaitExpression') return 'awaits';
  if (dotted(node) === 'Math.random') return 'uses Math.random';
  const name = String(node['name']);
  if (node.type !== 'Identifier' || !IMPURE.has(name)) return undefined;
  // `x.process` and `{ process: 1 }` only share the name.
  const parent = around.at(-1);
  const isMember = parent?.['computed'] === false && (parent['property'] ?? parent['key']) === node;
  return isMember || isGivenTime(name, parent) ? undefined : `uses ${name}`;
}

/** Reading a time that is given is arithmetic; only asking for the present one is a clock. */
function isGivenTime(name: string, parent: Node | undefined): boolean {
  if (name !== 'Date' || parent === undefined) return false;
  const given = parent['arguments'];
  if (parent.type === 'NewExpression') return Array.isArray(given) && given.length > 0;
  return ['Date.parse', 'Date.UTC'].includes(dotted(parent));
}

const readsEnvironment = (node: Node): string | undefined => {
  const { type, init, id, source } = node;
  if (type === 'MemberExpression' && dotted(node) === 'process.env') return 'reads process.env';
  const fromProcess = dotted(init) === 'process' && isNode(id) && id.type === 'ObjectPattern';
  if (type === 'VariableDeclarator' && fromProcess) return 'takes process apart';
  const imports = isNode(source) && /^(node:)?process$/.test(String(source['value']));
  return imports ? 'imports process' : undefined;
};

export const PURITY_RULES: readonly Rule[] = [
  {
    rule: 'the core has no clock, no chance and no promises',
    because: 'the same values must give the same decision, at once and for ever',
    find: (files) =>
      complaints(
        files.filter(({ path }) => path.startsWith('packages/agent/src/core/')),
        impurity,
      ),
    bites: Object.fromEntries(
      [
        'const at = Date.now();',
        'const at = new Date();',
        'const dice = Math.random();',
        `const dice = Math['random']();`,
        'async function f() {}',
        'const f = async () => 1;',
        'function f(): Promise<void> { return g(); }',
        'setTimeout(f, 1);',
        'const id = crypto.randomUUID();',
        'if (process.platform) f();',
      ].map((text) => [text, { 'packages/agent/src/core/made-up.ts': text }]),
    ),
    spares: Object.fromEntries(
      [
        '// Date, Promise and Math.random are not for us',
        'const state = { process: 1 }; f(state.process);',
        'interface Row { readonly process: string }',
        `const word = 'Date';`,
        'const at = new Date(Date.parse(text) + 1000);',
      ].map((text) => [text, { 'packages/agent/src/core/made-up.ts': text }]),
    ),
  },
  {
    rule: 'the environment is read by main and by the adapter that starts systemd’s programs',
    because: 'a setting that can come from anywhere can weaken a check from anywhere',
    find: (files) =>
      complaints(
        files.filter(
          (file) =>
            ships(file) &&
            !isMain(file.path) &&
            file.path !== 'packages/agent/src/adapters/systemd-programs.ts',
        ),
        readsEnvironment,
      ),
    bites: Object.fromEntries(
      [
        'const home = process.env.HOME;',
        `const all = process['env'];`,
        'const { env } = process;',
        `import { env } from 'node:process';`,
        'f(process.env);',
      ].map((text) => [text, { 'packages/api/src/made-up.ts': text }]),
    ),
    spares: {
      'a main file': { 'packages/agent/src/cli/main.ts': 'run(process.env);' },
      'the PATH for systemctl': {
        'packages/agent/src/adapters/systemd-programs.ts': 'const { PATH } = process.env;',
      },
      'another part of process': { 'packages/api/src/made-up.ts': 'process.exitCode = 1;' },
    },
  },
  {
    rule: 'the ports hold types only',
    because: 'they say what the world can do to us; behaviour in them would be tested by nobody',
    find: (files) =>
      files
        .filter(({ path }) => /^packages\/agent\/src\/(?:system-)?ports\.ts$/.test(path))
        .flatMap((file) =>
          behaviourIn(file).map((node) => `${file.path}:${lineAt(file, node.start)} has behaviour`),
        ),
    bites: {
      'a constant': { 'packages/agent/src/ports.ts': 'export const LIMIT = 1;' },
      'a function': { 'packages/agent/src/system-ports.ts': 'export function f(): void {}' },
    },
    spares: {
      types: {
        'packages/agent/src/ports.ts': `import type { A } from 'a'; export interface B { a: A } export type C = B;`,
      },
    },
  },
];
