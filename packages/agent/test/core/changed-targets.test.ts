/** Which services hear of an update depends on which targets differ, whatever way they come to their content. */
import { describe, expect, it } from 'vitest';
import type { Target } from '../../src/core/activation-plan.ts';
import { changedTargets } from '../../src/core/changed-targets.ts';
import type { TreeRecord } from '../../src/core/tree-record.ts';
import { aSha256, aVersion } from '../support/a-manifest.ts';

const WEB: Target = { from: 'pikit-web', to: '/var/www/pikit-web', kind: 'directory', copy: false };
const API: Target = {
  from: 'pikit-api.py',
  to: '/usr/local/bin/pikit-api.py',
  kind: 'file',
  copy: false,
};
const BIN: Target = { from: 'bin', to: '/usr/local/bin', kind: 'merge', copy: false };
const CRON: Target = { from: 'cron', to: '/etc/cron.d', kind: 'merge', copy: true };
const UNIT: Target = { from: 'a.service', to: '/etc/systemd/a.service', kind: 'file', copy: true };
const TARGETS = [WEB, API, BIN, CRON, UNIT];

const file = (path: string, digit = 'a', mode = 0o644) => ({
  path,
  sha256: aSha256(digit),
  mode,
  size: 1,
});
const tree = (...files: readonly TreeRecord['files'][number][]): TreeRecord => ({
  format: 1,
  version: aVersion('1.0.0'),
  files: [...files],
});

const withLink = (to: string, digit = 'a'): TreeRecord => ({
  ...tree(file('lib/run', digit), file('lib/deep/run', digit), file('bin/x')),
  links: [{ path: 'pikit-api.py', to }],
});

/** As many as a manifest may name. */
const many = (digit: string): TreeRecord => ({
  ...tree(...Array.from({ length: 20_000 }, (_, index) => file(`lib/${String(index)}`, digit))),
  links: Array.from({ length: 2_000 }, (_, index) => ({
    path: `bin/${String(index)}`,
    to: '../lib',
  })),
});

describe('changedTargets', () => {
  const before = tree(
    file('pikit-web/a'),
    file('pikit-web/b'),
    file('pikit-api.py'),
    file('bin/x'),
  );

  it.each([
    ['nothing, for the same files in another order', tree(...before.files.toReversed()), []],
    ['content', tree(file('pikit-web/a', 'b'), ...before.files.slice(1)), ['pikit-web']],
    ['a mode', tree(...before.files.slice(0, 3), file('bin/x', 'a', 0o755)), ['bin']],
    ['a file more', tree(...before.files, file('pikit-web/c')), ['pikit-web']],
    ['a file less', tree(...before.files.slice(0, 3)), ['bin']],
    ['a name', tree(file('pikit-web/a2'), ...before.files.slice(1)), ['pikit-web']],
    ['what belongs to no target', tree(...before.files, file('README.md')), []],
    ['everything', undefined, ['pikit-web', 'pikit-api.py', 'bin']],
  ])('sees %s change', (_what, after, changed) => {
    expect([...changedTargets(TARGETS, before, after)]).toEqual(changed);
    expect([...changedTargets(TARGETS, after, before)]).toEqual(changed);
  });

  it('sees no change where there is nothing on either side', () => {
    expect(changedTargets(TARGETS, undefined, undefined).size).toBe(0);
  });

  it('sees two files that swapped their content', () => {
    const swapped = tree(file('bin/x', 'b'), file('bin/y', 'a'));
    expect([
      ...changedTargets(TARGETS, tree(file('bin/x', 'a'), file('bin/y', 'b')), swapped),
    ]).toEqual(['bin']);
  });

  it('sees what a link of a target leads to, in another one or in none', () => {
    const old = withLink('lib/run');
    expect(changedTargets(TARGETS, old, withLink('lib/run')).size).toBe(0);
    for (const after of [withLink('lib/run', 'b'), withLink('lib'), tree(file('bin/x'))]) {
      expect([...changedTargets(TARGETS, old, after)]).toEqual(['pikit-api.py']);
    }
    const [one, other] = [withLink('lib', 'a'), withLink('lib', 'b')];
    expect([...changedTargets(TARGETS, one, other)]).toEqual(['pikit-api.py']);
  });

  it('takes no more room for thousands of links to thousands of files', () => {
    const before = process.memoryUsage().rss;
    expect(changedTargets(TARGETS, many('a'), many('a')).size).toBe(0);
    expect([...changedTargets(TARGETS, many('a'), many('b'))]).toEqual(['bin']);
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1024 * 1024);
  });
});
