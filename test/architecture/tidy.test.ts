/** Sizes, words and tests of the whole checkout. The rules are data; their reasons stand with them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { describeRules } from './rule.ts';
import { SIZE_RULES } from './size-rules.ts';
import { readSourceFiles } from './source-file.ts';
import { createTestRules, matchesGlob } from './test-rules.ts';
import { VERSION_RULES } from './version-rules.ts';
import { WORD_RULES } from './word-rules.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = readSourceFiles(root);

/** The second argument of each `tier(…)`: importing the file would drag vitest's own types through every check. */
const globs = [
  ...readFileSync(`${root}/vitest.config.ts`, 'utf8').matchAll(/tier\('\w+', '([^']+)'/g),
].flatMap(([, glob]) => glob ?? []);

describe('the files that are checked', () => {
  it('are the sources and none of what was installed or built', () => {
    const paths = files.map(({ path }) => path);
    expect(paths).toContain('packages/protocol/src/methods.ts');
    expect(paths.filter((path) => /node_modules|\/dist\//.test(path))).toEqual([]);
  });

  it('include one project of vitest for each tier', () => {
    expect(globs.length).toBeGreaterThanOrEqual(6);
  });
});

describe('matchesGlob', () => {
  it.each([
    ['test/a/**/*.test.ts', 'test/a/b.test.ts', true],
    ['test/a/**/*.test.ts', 'test/a/b/c.test.ts', true],
    ['test/a/**/*.test.ts', 'test/ab/c.test.ts', false],
    ['packages/*/test/**/*.test.{ts,tsx}', 'packages/ui/test/a.test.tsx', true],
    ['packages/*/test/**/*.test.{ts,tsx}', 'packages/ui/src/test/a.test.ts', false],
    ['*.test.ts', 'a-test-ts', false],
  ])('%s and %s: %j', (glob, path, matches) => {
    expect(matchesGlob(glob, path)).toBe(matches);
  });
});

describeRules([...SIZE_RULES, ...WORD_RULES, ...createTestRules(globs), ...VERSION_RULES], files);
