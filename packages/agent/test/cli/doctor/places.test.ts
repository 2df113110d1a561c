/** The judgement on owners and modes. */
import { describe, expect, it } from 'vitest';
import type { Place } from '../../../src/cli/device/facts.ts';
import { judgePlaces, WANTED } from '../../../src/cli/doctor/places.ts';

const right: readonly Place[] = WANTED.map(({ path, kind, owner, mode }) => ({
  path,
  kind,
  owner,
  mode,
  group: 'root',
}));
const but = (path: string, changed: Partial<Place>): readonly Place[] =>
  right.map((place) => (place.path === path ? { ...place, ...changed } : place));

describe('judgePlaces', () => {
  it.each<[string, readonly Place[], boolean, string, string]>([
    ['as they should be', right, false, 'ok', ''],
    [
      'a directory that is gone',
      but('/var/lib/pikit', { kind: 'absent' }),
      false,
      'bad',
      'systemd-tmpfiles',
    ],
    [
      'a file that is gone',
      but('/etc/pikit/api.toml', { kind: 'absent' }),
      false,
      'bad',
      'package',
    ],
    ['the same in a sandbox', but('/var/lib/pikit', { kind: 'absent' }), true, 'ok', ''],
    ['a link', but('/var/lib/pikit', { kind: 'link' }), false, 'bad', 'ls -l'],
    ['another owner', but('/etc/pikit', { owner: 'bob' }), false, 'bad', 'chown root /etc/pikit'],
    ['the api’s own in a sandbox', but('/var/lib/pikit-api', { owner: 'root' }), true, 'ok', ''],
    ['a mode for all', but('/etc/pikit', { mode: 0o777 }), false, 'bad', 'chmod 0755 /etc/pikit'],
    ['a tighter mode', but('/etc/pikit/updater.toml', { mode: 0o600 }), false, 'ok', ''],
    ['passwords for all', but('/var/lib/pikit-api', { mode: 0o755 }), false, 'bad', 'chmod 0700'],
  ])('%s', (_what, places, isSandbox, level, advice) => {
    const [verdict, ...more] = judgePlaces(places, isSandbox);
    expect(more).toEqual([]);
    expect(verdict?.level).toBe(level);
    expect(verdict?.advice ?? '').toContain(advice);
  });
});
