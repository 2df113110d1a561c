/** From what the source lists to what the owner is shown. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { fetchRelease, findRelease } from '../../src/updater/check.ts';
import { aRelease, createWorkbench, quiet, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

const tools = () => ({ ...bench.tools, store: bench.store });

describe('findRelease', () => {
  it('is null when nothing was published', async () => {
    expect(await findRelease(tools(), quiet())).toEqual({ newest: null, listed: [] });
  });

  it('tells notes, breaking items and the digest of the manifest as it was fetched', async () => {
    const manifest = {
      notes: 'New page.\n',
      breaking: ['Sign in again'],
      released: '2026-01-01T00:00:00Z',
    };
    await bench.publish(aRelease('1.1.0', { manifest }));
    const found = await findRelease(tools(), quiet());
    expect(found.newest?.summary).toMatchObject({
      ...manifest,
      version: '1.1.0',
      changelog: 'https://example.org/releases/1.1.0',
      manifestSha256: (await bench.wanted('1.1.0')).manifestSha256,
    });
  });

  it('refuses a manifest that names another version', async () => {
    await bench.publish(aRelease('1.1.0', { manifest: { version: '1.0.9' } }));
    await expectCode(findRelease(tools(), quiet()), 'manifest-invalid');
  });
});

describe('fetchRelease', () => {
  it('finds a version that is not the highest', async () => {
    await bench.publish(aRelease('1.1.0'));
    await bench.publish(aRelease('1.2.0'));
    const { version } = await bench.wanted('1.1.0');
    expect((await fetchRelease(tools(), version, quiet())).manifest.version).toBe('1.1.0');
  });
});
