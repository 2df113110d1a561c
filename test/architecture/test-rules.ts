/** Rules on tests: each source has one, each one is run, and none can pass without saying what it expects. */
import { ERROR_CODES } from '@pikit/protocol';
import { behaviourIn } from './behaviour.ts';
import { isMain, ships } from './import-rules.ts';
import type { Rule } from './rule.ts';
import { isCode, isNode, lineAt, type Node, type SourceFile } from './source-file.ts';

/** Sources without a test file of their own. Each has a reason, or it has a test. */
const UNTESTED: readonly {
  readonly which: (file: SourceFile) => boolean;
  readonly because: string;
}[] = [
  {
    which: (file) => behaviourIn(file).length === 0,
    because: 'it holds types only, and the compiler checks those',
  },
  {
    which: ({ path }) => path.endsWith('.d.ts'),
    because: 'it describes what somebody else wrote',
  },
  {
    which: ({ path }) => /^packages\/\w+\/src\/index\.ts$/.test(path),
    because: 'it only names what others export',
  },
  {
    which: ({ path }) => isMain(path),
    because: 'it only constructs; the integration tests start it for real',
  },
  {
    which: ({ path }) => path === 'packages/agent/src/steps/all.ts',
    because: 'it is a table that does not compile unless it names each phase once',
  },
  {
    which: ({ path }) =>
      /^packages\/ui\/src\/(filling\.tsx|(components|host)\/.+\.tsx|frame\/.+\.ts)$/.test(path),
    because: 'it draws what the view-model says; the browser test looks at every state of it',
  },
  {
    which: ({ path }) => path.startsWith('packages/ui/src/mock/'),
    because: 'it is in no release; the browser test opens each of its stories',
  },
];

const TEST = /\.test\.tsx?$/;
const LOOKS_LIKE_TEST = /\.(test|spec)\b|\.test-/;

const pathsOf = (files: readonly SourceFile[]): readonly string[] => files.map(({ path }) => path);

/** `packages/x/src/a/b.ts` → `packages/x/test/a/b`, to which `.test.ts` or `.test.tsx` is added. */
const mirror = (path: string): string => path.replace('/src/', '/test/').replace(/\.tsx?$/, '');

/** A glob of vitest.config.ts: `**` crosses folders, `*` does not, `{a,b}` is a choice. */
export function matchesGlob(glob: string, path: string): boolean {
  const pattern = glob
    .replaceAll(/[.+^$()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('**/', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('\0', '(?:.*/)?')
    .replaceAll(/\{([^}]*)\}/g, (_all, choice: string) => `(?:${choice.replaceAll(',', '|')})`);
  return new RegExp(`^${pattern}$`).test(path);
}

/** The names in a chain of calls and members, outermost last: `expect rejects toThrow`. */
function chainOf(node: unknown): readonly string[] {
  if (!isNode(node)) return [];
  if (node.type === 'Identifier') return [String(node['name'])];
  if (node.type === 'CallExpression') return chainOf(node['callee']);
  if (node.type !== 'MemberExpression' || !isNode(node['property'])) return [];
  return [...chainOf(node['object']), String(node['property']['name'])];
}

/**
 * What is expected names a code of the closed list or something called `code`; or it is the very error that the test
 * put in itself. Where our own stand-ins are tested, words will do.
 */
function isDefinite(file: SourceFile, expected: Node): boolean {
  const text = file.text.slice(expected.start, expected.end);
  if (/\bcode\b/i.test(text) || ERROR_CODES.some((code) => text.includes(`'${code}'`))) return true;
  if (expected.type !== 'Literal') return false;
  return file.path.startsWith('test/') || file.text.includes(`new Error(${text})`);
}

function vagueExpectation(file: SourceFile, node: Node): string | undefined {
  const given = node['arguments'];
  if (node.type !== 'CallExpression' || !Array.isArray(given)) return undefined;
  const chain = chainOf(node);
  const name = chain.at(-1);
  if (chain[0] !== 'expect' || chain.includes('not')) return undefined;
  if (name !== 'toThrow' && name !== 'toThrowError') return undefined;
  const [expected]: unknown[] = given;
  if (!isNode(expected)) return 'expects any error';
  if (!chain.includes('rejects') || isDefinite(file, expected)) return undefined;
  return 'expects no code';
}

function inTests(
  files: readonly SourceFile[],
  word: (file: SourceFile, node: Node) => string | undefined,
): readonly string[] {
  return files
    .filter((file) => isCode(file) && TEST.test(file.path))
    .flatMap((file) =>
      file.syntax().nodes.flatMap(({ node }) => {
        const what = word(file, node);
        return what === undefined ? [] : [`${file.path}:${lineAt(file, node.start)} ${what}`];
      }),
    );
}

function isOnly(_file: SourceFile, node: Node): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  const [root = '', ...rest] = chainOf(node);
  const runs = ['it', 'test', 'describe'].includes(root);
  return runs && rest.at(-1) === 'only' ? `leaves out every other test` : undefined;
}

const MIRROR_RULES: readonly Rule[] = [
  {
    rule: 'each source of a package has its test file',
    because: 'the gaps must be visible, and a reader must know where to look',
    find: (files) => {
      const tests = new Set(pathsOf(files));
      return files
        .filter((file) => isCode(file) && ships(file))
        .filter((file) => !UNTESTED.some(({ which }) => which(file)))
        .map(({ path }) => path)
        .filter((path) => !['.test.ts', '.test.tsx'].some((end) => tests.has(mirror(path) + end)))
        .map((path) => `${path} has no ${mirror(path)}.test.ts`);
    },
    bites: {
      'a source without a test': { 'packages/api/src/routes/log.ts': 'f();' },
      'a test in another folder': {
        'packages/api/src/routes/log.ts': 'f();',
        'packages/api/test/log.test.ts': '',
      },
    },
    spares: {
      'a source with its test': {
        'packages/api/src/routes/log.ts': 'f();',
        'packages/api/test/routes/log.test.ts': '',
      },
      'a component with its test': {
        'packages/ui/src/model/chip.tsx': 'f();',
        'packages/ui/test/model/chip.test.tsx': '',
      },
      'what constructs': { 'packages/agent/src/cli/main.ts': 'f();' },
      'what has types only': { 'packages/api/src/routes/log.ts': 'export type A = 1;' },
    },
  },
  {
    rule: 'each test of a package stands beside its source',
    because: 'a test whose source has gone proves nothing and is never missed',
    find: (files) => {
      const stems = new Set(files.filter(ships).map(({ path }) => mirror(path)));
      return pathsOf(files)
        .filter((path) => /^packages\/[^/]+\/test\//.test(path) && TEST.test(path))
        .filter((path) => !stems.has(path.replace(TEST, '')))
        .map((path) => `${path} has no source`);
    },
    bites: { 'a test that was left over': { 'packages/api/test/gone.test.ts': '' } },
    spares: {
      'a test of a component': {
        'packages/ui/src/a.tsx': '',
        'packages/ui/test/a.test.tsx': '',
      },
    },
  },
];

/** `globs` are those of the projects in vitest.config.ts. */
export function createTestRules(globs: readonly string[]): readonly Rule[] {
  return [
    ...MIRROR_RULES,
    {
      rule: 'each test file is run',
      because: 'a test that no project matches is green for ever',
      find: (files) =>
        pathsOf(files)
          .filter((path) => LOOKS_LIKE_TEST.test(path))
          .filter((path) => !globs.some((glob) => matchesGlob(glob, path)))
          .map((path) => `${path} is in no project of vitest.config.ts`),
      bites: {
        'a test in a folder of its own': { 'test/somewhere/a.test.ts': '' },
        'a test beside its source': { 'packages/api/src/a.test.ts': '' },
        'a test put aside by its name': { 'packages/api/test/a.test.disabled.ts': '' },
        'a test by another word': { 'packages/api/test/a.spec.ts': '' },
      },
      spares: { 'a test of a package': { 'packages/api/test/routes/a.test.ts': '' } },
    },
    {
      rule: 'an expected failure names its code',
      because: 'any error passes a test that expects any error, a typing mistake too',
      find: (files) => inTests(files, vagueExpectation),
      bites: Object.fromEntries(
        [
          'expect(f).toThrow();',
          'expect(f).toThrowError();',
          'await expect(f()).rejects.toThrow();',
          `await expect(f()).rejects.toThrow('too long');`,
          'await expect(f()).rejects.toThrow(UpdateError);',
          `await expect(f()).rejects.toThrow('a'); throw new Error('b');`,
        ].map((text) => [text, { 'packages/api/test/a.test.ts': text }]),
      ),
      spares: Object.fromEntries(
        [
          'expect(f).not.toThrow();',
          `await expect(f()).rejects.toThrow(withCode('busy'));`,
          `await expect(f()).rejects.toThrow(expect.objectContaining({ code }));`,
          `await expect(f()).rejects.toMatchObject({ code: 'busy' });`,
          `abort(new Error('enough')); await expect(f()).rejects.toThrow('enough');`,
        ].map((text) => [text, { 'packages/api/test/a.test.ts': text }]),
      ),
    },
    {
      rule: 'no test leaves out the others',
      because: 'a forgotten only turns the rest of the file off without a word',
      find: (files) => inTests(files, isOnly),
      bites: Object.fromEntries(
        ['it.only', 'describe.only', 'it.only.each([1])', 'it.skipIf(a).only', 'test.only'].map(
          (call) => [call, { 'a.test.ts': `${call}('a', () => {});` }],
        ),
      ),
      spares: { 'a word of that name': { 'a.test.ts': `f(options.only); it('only', () => {});` } },
    },
  ];
}
