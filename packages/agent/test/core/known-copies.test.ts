/** Which contents at which names are ours: those of all releases that are here, for copies alone. */
import { describe, expect, it } from 'vitest';
import type { Target } from '../../src/core/activation-plan.ts';
import { knownCopies } from '../../src/core/known-copies.ts';
import type { TreeRecord } from '../../src/core/tree-record.ts';
import { aSha256, aVersion } from '../support/a-manifest.ts';

const TARGETS: readonly Target[] = [
  { from: 'bin', to: '/usr/local/bin', kind: 'merge', copy: false },
  { from: 'cron', to: '/etc/cron.d', kind: 'merge', copy: true },
  { from: 'app.conf', to: '/etc/app.conf', kind: 'file', copy: true, config: true },
];

const tree = (digit: string): TreeRecord => ({
  format: 1,
  version: aVersion('1.0.0'),
  files: ['bin/x', 'cron/job', 'app.conf', 'README'].map((path) => ({
    path,
    sha256: aSha256(digit),
    mode: 0o644,
    size: 1,
  })),
});

describe('knownCopies', () => {
  it('has what each release brings for a copy, by its name on the device', () => {
    const both = new Set([aSha256('a'), aSha256('b')]);
    expect(knownCopies(TARGETS, [tree('a'), tree('b'), tree('a')])).toEqual(
      new Map([
        ['/etc/cron.d/job', both],
        ['/etc/app.conf', both],
      ]),
    );
  });

  it('has nothing without a release', () => {
    expect(knownCopies(TARGETS, []).size).toBe(0);
  });
});
