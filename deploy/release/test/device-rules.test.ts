/** What no device takes is not signed either; the limits are those of the agent itself. */
import type { Manifest } from '@pikit/protocol/manifest';
import { describe, expect, it } from 'vitest';
import { parseManifest } from '../../../packages/agent/src/core/manifest.ts';
import { DEFAULT_SIZES } from '../../../packages/agent/src/core/release-size.ts';
import type { Version } from '@pikit/protocol';
import { createMinisignKey } from '../../../test/support/minisign-key.ts';
import { expectCode } from '../../../test/support/expect-code.ts';
import { assertForDevices, assertKeys, doubtsAbout } from '../src/device-rules.ts';

function aManifest(members: object = {}): Manifest {
  const file = { path: 'run', sha256: 'a'.repeat(64), mode: '755' };
  const document = { version: '1.0.0', changelog: '', files: [file], ...members };
  return parseManifest(Buffer.from(JSON.stringify(document)), '1.0.0' as Version);
}

const NOW = { isSigned: true, bundleBytes: 1000, now: '2026-11-26T00:00:00Z' };

const file = (members: object) => ({
  files: [{ path: 'run', sha256: 'a'.repeat(64), ...members }],
});

describe('assertForDevices', () => {
  it('takes what a device takes', () => {
    const requires = { from: '>=1.0.0', updater: '*' };
    const members = {
      expires: '2026-11-27T00:00:00Z',
      post_install: ['restart a', 'run'],
      requires,
    };
    assertForDevices(aManifest(members), NOW);
    assertForDevices(aManifest(), { ...NOW, isSigned: false });
  });

  it.each([
    ['that has expired', { expires: '2026-11-25T00:00:00Z' }, 'release-expired'],
    ['with a command that it has not', { post_install: ['walk'] }, 'post-install-refused'],
    ['with a command for a shell', { post_install: ['run > x'] }, 'post-install-refused'],
    ['with a range that is none', { requires: { from: 'soon' } }, 'manifest-invalid'],
    [
      'with a range for the updater that is none',
      { requires: { updater: '!' } },
      'manifest-invalid',
    ],
    ['with a file that is too large', file({ size: 2 ** 31 }), 'too-large'],
  ] as const)('refuses a manifest %s', async (_what, members, code) => {
    await expectCode(() => {
      assertForDevices(aManifest(members), NOW);
    }, code);
  });

  it('refuses without a signature what needs one, and a bundle that is too large', async () => {
    const unsigned = { ...NOW, isSigned: false };
    await expectCode(() => {
      assertForDevices(aManifest(file({ mode: '4755' })), unsigned);
    }, 'manifest-invalid');
    await expectCode(() => {
      assertForDevices(aManifest({ post_install: ['run'] }), unsigned);
    }, 'post-install-refused');
    await expectCode(() => {
      assertForDevices(aManifest(), { ...NOW, bundleBytes: DEFAULT_SIZES.bundleBytes + 1 });
    }, 'too-large');
  });
});

describe('assertKeys', () => {
  const [signer, next] = [createMinisignKey(), createMinisignKey()];

  it('lets a key go and another come', () => {
    const keys = { add: [next.publicLine], retire: [signer.id] };
    assertKeys(aManifest({ keys }), signer.id);
    assertKeys(aManifest({ keys: { retire: [signer.id] } }), signer.id);
    assertKeys(aManifest(), signer.id);
  });

  it.each([
    ['a key that is none', { add: ['RWS'] }],
    ['a key that it retires at once', { add: [next.publicLine], retire: [next.id] }],
  ])('refuses %s', async (_what, keys) => {
    await expectCode(() => {
      assertKeys(aManifest({ keys }), signer.id);
    }, 'manifest-invalid');
  });
});

describe('doubtsAbout', () => {
  it('has none about a manifest that says all of it', () => {
    const members = { product: 'x', expires: '2027-01-01T00:00:00Z' };
    expect(doubtsAbout(aManifest(members), 'A')).toEqual([]);
  });

  it('tells each of the others', () => {
    const keys = { retire: ['0123456789ABCDEF'] };
    const doubts = doubtsAbout(aManifest({ keys }), '0123456789ABCDEF');
    expect(doubts.map((doubt) => /product|expires|retires/.exec(doubt)?.[0])).toEqual([
      'product',
      'expires',
      'retires',
    ]);
  });
});
