/** Whose a configuration file is, and what becomes of it: every combination of device, past and coming release. */
import { describe, expect, it } from 'vitest';
import type { Target } from '../../src/core/activation-plan.ts';
import {
  configsOf,
  editOf,
  mergeConfig,
  type Content,
  type Edit,
} from '../../src/core/config-merge.ts';
import { aSha256 } from '../support/a-manifest.ts';

const AT = '/etc/app/settings';
const [A, B, MINE] = [aSha256('a'), aSha256('b'), aSha256('e')];
const NAMES = new Map<Content, string>([
  [A, 'A'],
  [B, 'B'],
  [MINE, 'mine'],
  [null, 'nothing'],
  ['foreign', 'a link'],
]);
const nameOf = (content: Content): string => NAMES.get(content) ?? '?';

/** From a release with `base` to one with `coming`, with nothing left open from before. */
function decide(base: typeof A | null, device: Content, coming: typeof A | null): string {
  const edit = editOf(AT, { device, base, releases: [base], earlier: undefined, isOpen: false });
  return mergeConfig(device, coming, edit);
}

describe('a configuration file that the release', () => {
  it.each([
    // base, device, coming, what happens
    ['changed, untouched', A, A, B, 'take'],
    ['changed, edited', A, MINE, B, 'beside'],
    ['changed, edited to just that', A, B, B, 'keep'],
    ['changed, deleted', A, null, B, 'beside'],
    ['changed, made a link', A, 'foreign', B, 'beside'],
    ['left, untouched', A, A, A, 'take'],
    ['left, edited', A, MINE, A, 'keep'],
    ['left, deleted', A, null, A, 'keep'],
    ['left, made a link', A, 'foreign', A, 'keep'],
    ['dropped, untouched', A, A, null, 'take'],
    ['dropped, edited', A, MINE, null, 'keep'],
    ['dropped, deleted', A, null, null, 'keep'],
    ['dropped, made a link', A, 'foreign', null, 'keep'],
    ['brought, absent', null, null, B, 'take'],
    ['brought, there before', null, MINE, B, 'beside'],
    ['brought, there before and the same', null, B, B, 'keep'],
    ['brought, a link before', null, 'foreign', B, 'beside'],
    ['never had, absent', null, null, null, 'take'],
    ['never had, there', null, MINE, null, 'keep'],
  ] as const)('%s', (_what, base, device, coming, decision) => {
    expect(decide(base, device, coming)).toBe(decision);
  });

  it('is never taken when the owner has changed it', () => {
    const wrong: string[] = [];
    for (const base of [A, B, null])
      for (const device of NAMES.keys())
        for (const coming of [A, B, null]) {
          if (device !== base && decide(base, device, coming) === 'take')
            wrong.push([base, device, coming].map(nameOf).join(' '));
        }
    expect(wrong).toEqual([]);
  });
});

describe('an edit', () => {
  const earlier: Edit = { at: AT, ancestor: A };
  const from = (base: typeof A | null, isOpen: boolean, device: Content = MINE) =>
    editOf(AT, { device, base, releases: [base], earlier, isOpen });

  it('that the owner has dealt with counts from the release that ran', () => {
    const edit = from(B, false);
    expect(edit).toEqual({ at: AT, ancestor: B });
    expect([A, B].map((coming) => mergeConfig(MINE, coming, edit))).toEqual(['beside', 'keep']);
  });

  it.each([
    ['that is still open', B, true],
    ['of a file that the release which ran did not bring', null, false],
  ] as const)('%s counts from the release that it was made on', (_what, base, isOpen) => {
    const edit = from(base, isOpen);
    expect(edit).toEqual(earlier);
    expect([A, B].map((coming) => mergeConfig(MINE, coming, edit))).toEqual(['keep', 'beside']);
  });

  it('is still one when it goes back to what an older release brought', () => {
    expect(mergeConfig(A, B, from(B, true, A))).toBe('beside');
  });

  it('is none in a run that was cut off between the contents of the two releases', () => {
    const during = (device: Content) =>
      editOf(AT, { device, base: A, releases: [A, B], earlier: undefined, isOpen: false });
    expect([A, B].map(during)).toEqual([undefined, undefined]);
    expect(during(MINE)).toEqual({ at: AT, ancestor: A });
  });
});

describe('configsOf', () => {
  it('is the files of config targets by the name on the device', () => {
    const target: Target = { from: 'etc', to: '/etc/app', kind: 'merge', copy: true };
    const file = { path: 'etc/settings', sha256: A, mode: 0o644, size: 1 };
    const files = [file, { ...file, path: 'bin/x' }];
    expect([...configsOf([{ ...target, config: true }], files)]).toEqual([[AT, file]]);
    expect(configsOf([target], files).size).toBe(0);
  });
});
