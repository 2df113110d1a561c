/** Keys that come and go by the word of signed releases, over generations. */
import type { Manifest } from '@pikit/protocol/manifest';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createMinisignKey } from '../../../../test/support/minisign-key.ts';
import { rotate } from '../../src/core/rotation.ts';
import { NOTHING_TOLD, trustRootOf, type TrustRecord } from '../../src/core/trust-root.ts';
import { aManifest, aSha256, aVersion } from '../support/a-manifest.ts';

const [first, second, third] = [createMinisignKey(), createMinisignKey(), createMinisignKey()];
const FILES = [{ path: '/etc/pikit/keys/first.pub', text: first.publicFile }];
const BY = aSha256('c');

const tell = (record: TrustRecord, keys: Manifest['keys'], signer = first, version = '1.4.0') =>
  rotate(
    trustRootOf(FILES, record),
    aManifest({ version: aVersion(version), ...(keys === undefined ? {} : { keys }) }),
    BY,
    signer.id,
  );

describe('rotate', () => {
  it('says nothing new for a manifest without keys', () => {
    expect(tell(NOTHING_TOLD, undefined)).toBe(NOTHING_TOLD);
    expect(tell(NOTHING_TOLD, {})).toBe(NOTHING_TOLD);
  });

  it('introduces and retires over three generations, and is told twice as once', () => {
    const one = tell(NOTHING_TOLD, { add: [second.publicLine], retire: [first.id] });
    expect(one.introduced.map(({ key }) => key)).toEqual([second.publicLine]);
    expect(one.retired).toEqual([{ key: first.id, by: BY }]);
    expect(tell(one, { add: [second.publicLine], retire: [first.id] })).toBe(one);
    const two = tell(one, { add: [third.publicLine], retire: [second.id] }, second, '1.5.0');
    expect(two.retired.map(({ key }) => key)).toEqual([first.id, second.id]);
    expect(two.introduced.map(({ key }) => key)).toEqual([second.publicLine, third.publicLine]);
  });

  it('remembers the manifest only where a key retires itself', () => {
    const one = tell(NOTHING_TOLD, { add: [second.publicLine] });
    expect(tell(one, { retire: [first.id] }, second).retired).toEqual([
      { key: first.id, by: null },
    ]);
  });

  it('never brings a retired key back', () => {
    const one = tell(NOTHING_TOLD, { add: [second.publicLine], retire: [first.id] });
    const two = tell(one, { add: [third.publicLine], retire: [second.id] }, second);
    expect(tell(two, { add: [second.publicLine] }, third)).toBe(two);
  });

  it('forgets what a retired key has shown beyond the release that retires it', () => {
    const shown = (version: string) => ({
      version: aVersion(version),
      signedAt: null,
      key: first.id,
    });
    const record = {
      ...NOTHING_TOLD,
      seen: { stable: shown('999.0.0'), beta: shown('1.4.0-rc.1') },
    };
    const next = tell(record, { add: [second.publicLine], retire: [first.id] });
    expect(next.seen).toEqual({ beta: shown('1.4.0-rc.1') });
  });

  it.each([
    ['a key that is none', { add: ['RWQ'] }, 'keys.add'],
    [
      'a key that it retires at once',
      { add: [second.publicLine], retire: [second.id] },
      'keys.retire',
    ],
    ['to be left without any key', { retire: [first.id] }, 'keys.retire'],
  ])('refuses %s', async (_what, keys, where) => {
    const error = await expectCode(() => tell(NOTHING_TOLD, keys), 'manifest-invalid');
    expect(error.details['where']).toBe(where);
  });

  it('keeps so many and no more', async () => {
    const retired = Array.from({ length: 64 }, () => ({ key: third.id, by: null }));
    const full = { ...NOTHING_TOLD, retired };
    await expectCode(() => tell(full, { retire: [createMinisignKey().id] }), 'manifest-invalid');
  });
});
