/** What a device remembers of a source, and how that keeps an old release from coming back. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createMinisignKey } from '../../../../test/support/minisign-key.ts';
import { assertNewest, assertNotOld, beginAnewFrom, unjudged } from '../../src/updater/newest.ts';
import type { Vouched } from '../../src/updater/trust.ts';
import { aManifest, aVersion } from '../support/a-manifest.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

const key = createMinisignKey();

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

const tools = () => ({ ...bench.tools, store: bench.store });

function aVouched(version: string, patch: { signed?: boolean; expires?: string } = {}): Vouched {
  const { signed = true, expires } = patch;
  const manifest = aManifest({
    version: aVersion(version),
    ...(expires === undefined ? {} : { expires }),
  });
  const signer = signed ? { id: key.id, name: 'maintainer', signedAt: null } : null;
  return { bytes: new Uint8Array(), manifest, signer, signature: undefined };
}

describe('assertNewest', () => {
  it('remembers the newest and refuses a source that goes back', async () => {
    await assertNewest(tools(), aVouched('1.5.0'));
    const error = await expectCode(assertNewest(tools(), aVouched('1.4.0')), 'source-outdated');
    expect(error.details).toEqual({ found: '1.4.0', seen: '1.5.0' });
    expect((await bench.store.loadTrust()).seen.stable?.version).toBe('1.5.0');
  });

  it('remembers nothing that nobody vouches for', async () => {
    await assertNewest(tools(), aVouched('999.0.0', { signed: false }));
    expect((await bench.store.loadTrust()).seen).toEqual({});
  });

  it('writes nothing to the card when there is no news', async () => {
    await assertNewest(tools(), aVouched('1.5.0'));
    const store = {
      ...bench.store,
      saveTrust: async () => {
        throw new Error('written');
      },
    };
    expect(await assertNewest({ ...tools(), store }, aVouched('1.5.0'))).toBeNull();
  });

  it('judges the date with a clock that the network has set, and says when it could not', async () => {
    const expiring = aVouched('1.5.0', { expires: '2026-01-01T00:00:00Z' });
    bench.clock.network.isReached = false;
    expect(await assertNewest(tools(), expiring)).toMatchObject({ judged: false });
    bench.clock.network.isReached = true;
    await expectCode(assertNewest(tools(), expiring), 'release-expired');
  });
});

describe('assertNotOld', () => {
  it('refuses what is older than something that was only shown', async () => {
    await assertNewest(tools(), aVouched('1.5.0'));
    await expectCode(assertNotOld(tools(), aVouched('1.4.9')), 'downgrade-refused');
    expect(await assertNotOld(tools(), aVouched('1.5.0'))).toBeNull();
  });

  it('refuses, unsigned, what is older than something that ran, also after a roll-back', async () => {
    for (const version of ['1.1.0', '1.3.0']) {
      await bench.publish(aRelease(version));
      await bench.apply(version);
    }
    await bench.rollback();
    await expectCode(
      assertNotOld(tools(), aVouched('1.2.0', { signed: false })),
      'downgrade-refused',
    );
    expect(await assertNotOld(tools(), aVouched('1.3.0', { signed: false }))).toBeNull();
  });
});

describe('beginAnewFrom', () => {
  it('lets the source go back to there, and asks no clock', async () => {
    await assertNewest(tools(), aVouched('1.5.0'));
    const old = aVouched('1.4.0', { expires: '2020-01-01T00:00:00Z' });
    expect(unjudged(old)).toEqual({ at: old.manifest.expires, judged: false });
    await expectCode(assertNewest(tools(), aVouched('1.4.0')), 'source-outdated');
    await beginAnewFrom(tools(), old);
    expect(await assertNewest(tools(), aVouched('1.4.0'))).toBeNull();
  });

  it('does so on the other channel too', async () => {
    await assertNewest(tools(), aVouched('1.5.0'));
    const beta = { ...tools(), policy: { ...bench.policy, channel: 'beta' } as const };
    await beginAnewFrom(beta, aVouched('1.4.0'));
    expect(await assertNewest(beta, aVouched('1.4.0'))).toBeNull();
    expect(await assertNewest(tools(), aVouched('1.4.0'))).toBeNull();
  });
});
