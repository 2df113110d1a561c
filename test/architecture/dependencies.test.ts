/** Who may import whom, and what may be touched without importing it. The rules are data; their reasons stand with them. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { IMPORT_RULES } from './import-rules.ts';
import { importsOf } from './imports.ts';
import { LAYER_RULES, LAYERS } from './layer-rules.ts';
import { PURITY_RULES } from './purity-rules.ts';
import { describeRules } from './rule.ts';
import { createSourceFile, readSourceFiles } from './source-file.ts';

const files = readSourceFiles(fileURLToPath(new URL('../..', import.meta.url)));

describe('importsOf', () => {
  it.each([
    [`import a from 'a';`, 'a'],
    [`import type { A } from './a.ts';`, 'packages/api/src/routes/a.ts'],
    [`import { type A } from '../a.ts';`, 'packages/api/src/a.ts'],
    [`import './style.css?inline';`, 'packages/api/src/routes/style.css'],
    [`export { a } from 'a';`, 'a'],
    [`export * from 'a';`, 'a'],
    [`export type { A } from 'a';`, 'a'],
    [`const a = await import('a');`, 'a'],
    [`type A = import('a').A;`, 'a'],
    [`type A = typeof import('a');`, 'a'],
    [`import a = require('a');`, 'a'],
  ])('reads %s', (text, target) => {
    const file = createSourceFile('packages/api/src/routes/made-up.ts', `\n${text}`);
    expect(importsOf(file)).toEqual([{ target, line: 2 }]);
  });

  it.each([
    `// import a from 'a';`,
    `const a = "import a from 'a'";`,
    `const from = { source: 1 };`,
  ])('reads no import in %s', (text) => {
    expect(importsOf(createSourceFile('made-up.ts', text))).toEqual([]);
  });
});

describe('the layers', () => {
  it.each(LAYERS.map(({ of }) => of))('%s exists, so that its row is about something', (of) => {
    expect(files.some(({ path }) => path.startsWith(of))).toBe(true);
  });

  it('cover every file of the agent but main', () => {
    const uncovered = files
      .map(({ path }) => path)
      .filter((path) => path.startsWith('packages/agent/src/'))
      .filter((path) => !LAYERS.some(({ of }) => path.startsWith(of)));
    expect(uncovered.filter((path) => path !== 'packages/agent/src/main.ts')).toEqual([]);
  });
});

describeRules([...LAYER_RULES, ...IMPORT_RULES, ...PURITY_RULES], files);
