/** Rules on words: names that say nothing, comments that owe a reason, traces of the machine a file was written on. */
import type { Rule } from './rule.ts';
import { isCode, isNode, lineAt, type Node, type SourceFile } from './source-file.ts';

const SAYS_NOTHING = new Set(
  'util utils utility utilities helper helpers manager impl base info misc common stuff deployment slot slots'.split(
    ' ',
  ),
);

/** `readBaseUrl`, `read-base-url` and `READ_BASE_URL` are the same three words. */
function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
}

const saysNothing = (name: string): boolean => wordsOf(name).some((word) => SAYS_NOTHING.has(word));

/** What a file offers under a name: declarations, lists and renamed re-exports. */
function exportedNames(file: SourceFile): readonly string[] {
  const names = file.syntax().nodes.flatMap(({ node }): unknown[] => {
    if (node.type === 'ExportSpecifier') return [node['exported']];
    if (node.type !== 'ExportNamedDeclaration' || !isNode(node['declaration'])) return [];
    const { id, declarations } = node['declaration'];
    if (!Array.isArray(declarations)) return [id];
    return declarations.map((each: unknown) => (isNode(each) ? each['id'] : undefined));
  });
  return names.flatMap((name) => (isNode(name) ? [String(name['name'])] : []));
}

/** `.catch(() => {})` and `.catch(() => undefined)` swallow as much as an empty clause does. */
function swallows(node: Node): boolean {
  const { type, body, callee, arguments: given } = node;
  if (type === 'CatchClause') return isNode(body) && isEmptyBlock(body);
  if (type !== 'CallExpression' || !isNode(callee) || !Array.isArray(given)) return false;
  const { property } = callee;
  const [handler]: unknown[] = given;
  if (!isNode(property) || property['name'] !== 'catch' || !isNode(handler)) return false;
  const handled = handler['body'];
  return isNode(handled) && (isEmptyBlock(handled) || handled['name'] === 'undefined');
}

const isEmptyBlock = ({ type, body }: Node): boolean =>
  type === 'BlockStatement' && Array.isArray(body) && body.length === 0;

/** A reason stands inside the clause, on its last line, or on the line above its statement. */
function silentCatches(file: SourceFile): readonly string[] {
  const { nodes, comments } = file.syntax();
  return nodes.flatMap(({ node, around }) => {
    if (!swallows(node)) return [];
    const statement = around.findLast(({ type }) => /(Statement|Declaration)$/.test(type)) ?? node;
    const first = lineAt(file, node.type === 'CatchClause' ? node.start : statement.start);
    const last = lineAt(file, node.end);
    const reasoned = comments.some(
      ({ value, start, end }) =>
        /\bbecause\b/i.test(value) && lineAt(file, end) >= first - 1 && lineAt(file, start) <= last,
    );
    return reasoned
      ? []
      : [`${file.path}:${lineAt(file, node.start)} swallows an error in silence`];
  });
}

const BUILD_MACHINE = [/\/home\/[a-z]/, /\/Users\/[A-Za-z]/, /\/work\/[a-z]/, /[A-Z]:\\Users\\/];

/** Put together here, so that the rule does not find its own sample. */
const somebodysHome = ['', 'home', 'somebody', 'pikit'].join('/');

export const WORD_RULES: readonly Rule[] = [
  {
    rule: 'no file and no exported name uses a word that says nothing',
    because: 'such a word hides that nobody decided what the thing is',
    find: (files) =>
      files.filter(isCode).flatMap((file) => [
        ...file.path
          .split('/')
          .filter(saysNothing)
          .map((part) => `${file.path} is called ${part}`),
        ...exportedNames(file)
          .filter(saysNothing)
          .map((name) => `${file.path} exports ${name}`),
      ]),
    bites: {
      'a file': { 'packages/api/src/string-utils.ts': '' },
      'a folder': { 'packages/api/src/helpers/cookie.ts': '' },
      'a function': { 'a.ts': 'export function cookieHelper() {}' },
      'a constant': { 'a.ts': 'export const a = 1, BASE_URL = 2;' },
      'a type': { 'a.ts': 'export interface ReleaseInfo {}' },
      'a name given on the way out': { 'a.ts': 'export { a as updateManager };' },
      'a word that the project does not use': { 'a.ts': 'export type DeploymentId = string;' },
    },
    spares: {
      'a word that only contains one': {
        'packages/api/src/database.ts': 'export const basement = 1;',
      },
      'a name that stays inside': { 'a.ts': 'const baseUrl = 1; f(baseUrl);' },
      'a method of the log': { 'a.ts': 'export const log = { info() {} };' },
    },
  },
  {
    rule: 'an error is swallowed only with a because',
    because: 'silence must be somebody’s decision, and the next reader must be able to doubt it',
    find: (files) => files.filter(isCode).flatMap(silentCatches),
    bites: {
      'an empty clause': { 'a.ts': 'try { f(); } catch {}' },
      'a comment without a reason': { 'a.ts': 'try { f(); } catch {\n  // ignore\n}' },
      'an empty handler': { 'a.ts': 'f().catch(() => {});' },
      'a handler that answers nothing': { 'a.ts': 'f().catch(() => undefined);' },
      'a reason further up': { 'a.ts': '// because of b\n\ng();\ntry { f(); } catch {}' },
    },
    spares: {
      'a clause with its reason': {
        'a.ts': 'try { f(); } catch {\n  // because it is gone already\n}',
      },
      'a handler with its reason above': {
        'a.ts': '// Because nobody waits.\nf().catch(() => {});',
      },
      'a clause that does something': { 'a.ts': 'try { f(); } catch (error) { g(error); }' },
      'a handler that answers': { 'a.ts': 'f().catch(() => false);' },
    },
  },
  {
    rule: 'nothing names the machine that it was written on',
    because: 'a path of one person’s home works for that person only',
    find: (files) =>
      files.flatMap((file) =>
        BUILD_MACHINE.flatMap((pattern) => {
          const found = pattern.exec(file.text);
          return found === null
            ? []
            : [`${file.path}:${lineAt(file, found.index)} has ${found[0]}`];
        }),
      ),
    bites: {
      'a source': { 'a.ts': `const a = '${somebodysHome}';` },
      'a page of words': { 'README.md': `cd ${somebodysHome}` },
      'a unit': { 'a.service': `ExecStart=${somebodysHome}` },
    },
    spares: { 'the home of nobody': { 'README.md': 'your home directory, /home' } },
  },
  {
    rule: 'the lock file names no registry',
    because: 'a clone must be able to install from the registry that it has',
    find: (files) =>
      files
        .filter(({ path }) => path.endsWith('package-lock.json'))
        .filter(({ text }) => /"resolved": *"https?:/.test(text))
        .map(({ path }) => `${path} names a registry`),
    bites: { 'a lock file': { 'package-lock.json': '{ "resolved": "https://r.example/a.tgz" }' } },
    spares: { 'a link to a workspace': { 'package-lock.json': '{ "resolved": "packages/api" }' } },
  },
];
