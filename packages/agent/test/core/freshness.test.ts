/** Newest seen and expiry: what needs no clock, and what is judged only with one that can be believed. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import {
  assertNotBelow,
  assertNotOutdated,
  judgeExpiry,
  withSeen,
} from '../../src/core/freshness.ts';
import { NOTHING_TOLD, type Seen, type TrustRecord } from '../../src/core/trust-root.ts';
import { aVersion } from '../support/a-manifest.ts';

const KEY = '0123456789ABCDEF';

function shown(version: string, signedAt: string | null = '2026-02-01T00:00:00.000Z'): Seen {
  return { version: aVersion(version), signedAt, key: KEY };
}

const after = (seen: Seen): TrustRecord => ({ ...NOTHING_TOLD, seen: { stable: seen } });

const PASSES: readonly [string, Seen, Seen][] = [
  ['the same again', shown('1.4.0'), shown('1.4.0')],
  ['a newer version', shown('1.4.0'), shown('1.5.0')],
  ['a newer version that was signed earlier', shown('1.4.0'), shown('1.5.0', '2026-01-01')],
  ['the same, signed later', shown('1.4.0'), shown('1.4.0', '2026-03-01T00:00:00.000Z')],
  ['the same, and nobody knows when it was signed', shown('1.4.0', null), shown('1.4.0', null)],
];

const REFUSED: readonly [string, Seen, Seen][] = [
  ['an older version', shown('1.4.0'), shown('1.3.9', '2026-03-01T00:00:00.000Z')],
  ['the same, signed earlier', shown('1.4.0'), shown('1.4.0', '2026-01-31T23:59:59.000Z')],
  ['the same, without a time', shown('1.4.0'), shown('1.4.0', null)],
  ['a pre-release of it', shown('1.4.0'), shown('1.4.0-rc.1')],
];

describe.each([
  ['assertNotOutdated', assertNotOutdated, 'source-outdated', 'seen'],
  ['assertNotBelow', assertNotBelow, 'downgrade-refused', 'current'],
] as const)('%s', (_name, assertGood, code, detail) => {
  it.each(PASSES)('accepts %s', (_what, before, now) => {
    expect(() => assertGood(after(before), 'stable', now)).not.toThrow();
  });

  it.each(REFUSED)('refuses %s', async (_what, before, now) => {
    const error = await expectCode(() => assertGood(after(before), 'stable', now), code);
    expect(error.details[detail]).toContain('1.4.0');
  });

  it('does not hold what the beta channel has shown against a stable release', () => {
    const record = { ...NOTHING_TOLD, seen: { beta: shown('2.0.0-rc.1') } };
    expect(() => assertGood(record, 'stable', shown('1.0.0'))).not.toThrow();
  });

  it('forgets nothing when a device goes over to the beta channel, which has the stable releases too', async () => {
    await expectCode(() => assertGood(after(shown('2.0.0')), 'beta', shown('1.0.0')), code);
    const both = { ...NOTHING_TOLD, seen: { stable: shown('2.0.0'), beta: shown('1.9.0-rc.1') } };
    await expectCode(() => assertGood(both, 'beta', shown('1.9.0')), code);
    expect(() => assertGood(both, 'beta', shown('2.0.0'))).not.toThrow();
  });
});

describe('withSeen', () => {
  it.each([
    ['nothing', undefined, shown('1.4.0'), true],
    ['an older version', shown('1.3.0'), shown('1.4.0'), true],
    ['the same, signed earlier', shown('1.4.0', '2026-01-01T00:00:00.000Z'), shown('1.4.0'), true],
    ['just this', shown('1.4.0'), shown('1.4.0'), false],
    ['a newer version', shown('1.5.0'), shown('1.4.0'), false],
  ])('after %s', (_what, before, now, isNews) => {
    const record = before === undefined ? NOTHING_TOLD : after(before);
    const next = withSeen(record, 'stable', now);
    expect(next === record).toBe(!isNews);
    if (isNews) expect(next.seen.stable).toEqual(now);
  });
});

describe('judgeExpiry', () => {
  const release = { version: aVersion('1.4.0'), expires: '2026-06-01T00:00:00Z' };
  const judge = (now: string, isSynchronised: boolean, record = NOTHING_TOLD) =>
    judgeExpiry(release, record, { now, isSynchronised });

  it('has nothing to judge without a date', () => {
    const now = { now: '2099-01-01T00:00:00Z', isSynchronised: true };
    expect(judgeExpiry({ version: aVersion('1.4.0') }, NOTHING_TOLD, now)).toBeNull();
  });

  it('believes a clock that the network has set', async () => {
    expect(judge('2026-05-31T23:59:59Z', true)).toEqual({ at: release.expires, judged: true });
    const error = await expectCode(() => judge('2026-06-01T00:00:01Z', true), 'release-expired');
    expect(error.details).toEqual(release);
  });

  it('believes no other clock, in the past or in the future, and says so', () => {
    for (const now of ['1970-01-01T00:00:00Z', '2099-01-01T00:00:00Z']) {
      expect(judge(now, false)).toEqual({ at: release.expires, judged: false });
    }
  });

  it('needs no clock where something was signed after that date', async () => {
    const record = after(shown('1.4.0', '2026-07-01T00:00:00.000Z'));
    await expectCode(() => judge('1970-01-01T00:00:00Z', false, record), 'release-expired');
    // A clock that can be believed knows better than a maintainer's that was wrong.
    expect(judge('2026-05-01T00:00:00Z', true, record)).toMatchObject({ judged: true });
  });

  it('refuses a date that is none', async () => {
    const odd = { version: aVersion('1.4.0'), expires: '2026-13-77T00:00:00Z' };
    const now = { now: '2026-01-01T00:00:00Z', isSynchronised: true };
    await expectCode(() => judgeExpiry(odd, NOTHING_TOLD, now), 'manifest-invalid');
  });
});
