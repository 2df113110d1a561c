/** Targets side by side: what may share a directory, what lies in whose way, and where no target may stand. */
import { describe, expect, it } from 'vitest';
import { TARGET_KINDS, type Target } from '../../src/core/activation-plan.ts';
import { refusalOfPlaces, touchesUpdater } from '../../src/core/target-places.ts';

type Place = Pick<Target, 'to' | 'kind'>;

const inEitherOrder = (one: Place, other: Place) => [
  [one, other],
  [other, one],
];

describe('refusalOfPlaces', () => {
  it.each([
    ['merge', '/usr/local/bin', 'file', '/usr/local/bin/pikit-api.py'],
    ['merge', '/usr/local/bin', 'merge', '/usr/local/bin'],
    ['merge', '/etc/a', 'merge', '/etc/a/b'],
    ['directory', '/var/www/a', 'directory', '/var/www/ab'],
    ['directory', '/var/lib/pikit-web', 'file', '/etc/pikit-web'],
    ['directory', '/var/www/pikit', 'merge', '/run/pikit2'],
  ] as const)('takes a %s to %s and a %s to %s, in either order', (a, toA, b, toB) => {
    for (const targets of inEitherOrder({ kind: a, to: toA }, { kind: b, to: toB }))
      expect(refusalOfPlaces(targets)).toBeUndefined();
  });

  it.each([
    ['directory', '/var/www/a', 'directory', '/var/www/a'],
    ['directory', '/var/www', 'directory', '/var/www/a'],
    ['directory', '/var/www/a', 'file', '/var/www/a/b'],
    ['directory', '/var/www/a', 'merge', '/var/www/a'],
    ['directory', '/var/www', 'merge', '/var/www/a'],
    ['merge', '/var/www', 'directory', '/var/www/a'],
    ['file', '/usr/bin/a', 'file', '/usr/bin/a'],
    ['file', '/usr/bin/a', 'file', '/usr/bin/a/b'],
    ['file', '/usr/bin/a', 'merge', '/usr/bin/a'],
    ['file', '/usr/bin/a', 'merge', '/usr/bin/a/b'],
  ] as const)('refuses a %s to %s with a %s to %s, in either order', (a, toA, b, toB) => {
    const refusal = { index: 1, reason: 'lies in the way of target 1' };
    for (const targets of inEitherOrder({ kind: a, to: toA }, { kind: b, to: toB }))
      expect(refusalOfPlaces(targets)).toEqual(refusal);
  });

  it.each([
    '/var/lib/pikit',
    '/var/lib/pikit/current',
    '/var/lib',
    '/var',
    '/etc',
    '/etc/pikit/keys',
    '/var/lib/pikit-update/state.json',
    '/var/backups/pikit',
    '/var/tmp/pikit-update/1.4.0',
    '/run/pikit',
    '/run/pikit-update.lock',
    '/usr/lib/pikit',
    '/usr/lib/pikit/start',
    '/usr/share/pikit/ui',
    '/var/lib/pikit-api',
  ])('refuses a target at %s, which holds a place of the updater', (to) => {
    for (const kind of TARGET_KINDS) {
      const targets = [{ kind: 'directory', to: '/var/www/web' } as const, { kind, to }];
      expect(refusalOfPlaces(targets)).toEqual({ index: 1, reason: 'is a place of the updater' });
    }
    expect(touchesUpdater(to)).toBe(true);
  });
});
