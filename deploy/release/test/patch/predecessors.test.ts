/** Which old file a new one probably comes from. */
import { describe, expect, it } from 'vitest';
import { createPredecessors } from '../../src/patch/predecessors.ts';

const OLD = [
  { path: 'web/index.html', size: 100 },
  { path: 'web/assets/index-B3xy_9kQ.js', size: 5000 },
  { path: 'web/assets/index-C4zz_1aB.css', size: 900 },
  { path: 'web/assets/chunk-AAAAAAAA.js', size: 300 },
  { path: 'web/assets/chunk-BBBBBBBB.js', size: 70_000 },
  { path: 'web/assets/chunk-BBBBBBBB.js.map', size: 71_000 },
  { path: 'other/chunk-CCCCCCCC.js', size: 70_001 },
] as const;

describe('createPredecessors', () => {
  const predecessorOf = createPredecessors(OLD);
  const name = (path: string, size = 0): string | undefined =>
    OLD[predecessorOf({ path, size }) ?? -1]?.path;

  it.each([
    ['the one of the same name', 'web/index.html', 1, 'web/index.html'],
    ['what a bundler renamed', 'web/assets/index-Dq8_77xx.js', 1, 'web/assets/index-B3xy_9kQ.js'],
    ['the one of its kind', 'web/assets/index-Dq8_77xx.css', 1, 'web/assets/index-C4zz_1aB.css'],
    ['the nearest in size', 'web/assets/chunk-DDDDDDDD.js', 69_000, 'web/assets/chunk-BBBBBBBB.js'],
    ['another nearest', 'web/assets/chunk-DDDDDDDD.js', 200, 'web/assets/chunk-AAAAAAAA.js'],
    ['a map for a map', 'web/assets/chunk-D.js.map', 1, 'web/assets/chunk-BBBBBBBB.js.map'],
    ['nothing from another directory', 'web/chunk-DDDDDDDD.js', 1, undefined],
    ['nothing for a new name', 'web/assets/logo.svg', 1, undefined],
  ])('is %s', (_what, path, size, expected) => {
    expect(name(path, size)).toBe(expected);
  });
});
