/** What each pattern leaves out, and what it does not. */
import { describe, expect, it } from 'vitest';
import { createExclusion, refusalOfGlob } from '../../src/pack/globs.ts';

describe('createExclusion', () => {
  it.each([
    ['web/app.js', ['web/app.js'], ['app.js', 'web/app.js/x', 'web/app-js', 'a/web/app.js']],
    ['web/*.map', ['web/app.js.map', 'web/.map'], ['web/a/b.map', 'web/app.map.js', 'app.map']],
    ['**/*.map', ['a.map', 'web/b.map', 'web/deep/er/c.map'], ['web/map', 'web/a.map/x']],
    ['**/.git', ['.git', 'web/.git', 'a/b/.git'], ['web/x.git', 'web/.github', 'web/.git/config']],
    ['**/.env*', ['.env', 'web/.env.local'], ['web/x.env']],
    ['web/**', ['web/a', 'web/a/b'], ['web', 'website/a']],
    ['web/**/test', ['web/test', 'web/a/test', 'web/a/b/test'], ['test', 'web/attest']],
    ['**/*~', ['a~', 'web/b.js~'], ['~/b']],
    ['web/?.js', ['web/a.js', 'web/🍓.js'], ['web/ab.js', 'web/.js', 'web//.js']],
    ['a.b+c(d)[e]-{f}$', ['a.b+c(d)[e]-{f}$'], ['axb+c(d)[e]-{f}$']],
    ['**', ['a', 'a/b'], []],
  ])('%s', (pattern, out, kept) => {
    const isExcluded = createExclusion([pattern]);
    expect(refusalOfGlob(pattern)).toBeUndefined();
    expect(out.filter((path) => !isExcluded(path))).toEqual([]);
    expect(kept.filter(isExcluded)).toEqual([]);
  });

  it('leaves out what any of them names, and nothing for none', () => {
    expect(['a', 'b', 'c'].filter(createExclusion(['a', 'c']))).toEqual(['a', 'c']);
    expect(['a'].filter(createExclusion([]))).toEqual([]);
  });
});

describe('refusalOfGlob', () => {
  it.each(['', '/web', 'web/', 'a//b', './a', 'a/../b', 'a**', '**.map'])(
    'refuses "%s"',
    (pattern) => {
      expect(refusalOfGlob(pattern)).toMatch(/must/);
    },
  );
});
