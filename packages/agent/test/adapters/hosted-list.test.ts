/** Which entries of a server's list are releases, and of which channel. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { parsePage, toRelease } from '../../src/adapters/hosted-list.ts';

const asset = (name: string, change: object = {}) => ({
  id: 3,
  name,
  size: 7,
  browser_download_url: `https://h/${name}`,
  ...change,
});
const release = (tag: string, change: object = {}) => ({
  tag_name: tag,
  draft: false,
  prerelease: false,
  body: 'notes',
  published_at: '2026-11-01T00:00:00Z',
  assets: [asset('manifest.json'), asset(`pikit-${tag.replace(/^v/, '')}.tar.gz`)],
  ...change,
});
const bytes = (document: unknown): Uint8Array => Buffer.from(JSON.stringify(document));

describe('parsePage', () => {
  it('reads a list with fields that it does not know', () => {
    expect(parsePage(bytes([{ ...release('v1.0.0'), id: 1, author: {} }]), 'u')).toHaveLength(1);
    expect(parsePage(bytes([]), 'u')).toEqual([]);
  });

  it.each(['<html>', '', '{}', 'null', '[1]', '[{"tag_name":1}]', '{"message":"no"}'])(
    'refuses %j',
    async (text) => {
      const error = await expectCode(() => parsePage(Buffer.from(text), 'u'), 'source-invalid');
      expect(error.cause).toBeInstanceOf(Error);
    },
  );
});

describe('toRelease', () => {
  it('takes what GitHub and Forgejo say of whole assets', () => {
    const assets = [
      asset('manifest.json', { type: 'attachment' }),
      asset('pikit-1.0.0.tar.gz', { state: 'uploaded' }),
    ];
    expect(toRelease(release('v1.0.0', { assets }))?.assets).toMatchObject({ bundle: { id: 3 } });
  });

  it('tells what a person and a device need to know', () => {
    expect(toRelease(release('v1.2.3'))).toMatchObject({
      tag: 'v1.2.3',
      version: '1.2.3',
      assets: { manifest: { url: 'https://h/manifest.json' }, bundle: { size: 7 } },
      listed: {
        version: '1.2.3',
        channel: 'stable',
        notes: 'notes',
        published: '2026-11-01T00:00:00Z',
        bundleBytes: 7,
      },
    });
  });

  it.each([
    ['1.2.3', {}, '1.2.3', 'stable'],
    ['v1.2.3', { prerelease: true }, '1.2.3', 'beta'],
    ['v1.2.3-rc.1', {}, '1.2.3-rc.1', 'beta'],
    ['v1.2.3+build-7', {}, '1.2.3+build-7', 'stable'],
  ])('takes tag %s with %j for version %s, channel %s', (tag, change, version, channel) => {
    expect(toRelease(release(tag, change))?.listed).toMatchObject({ version, channel });
  });

  it.each(['vv1.2.3', '1.2', 'nightly', 'v1.2.3/../..', ''])('leaves out the tag %j', (tag) => {
    expect(toRelease(release(tag))).toBeUndefined();
  });

  it('leaves out a draft', () => {
    expect(toRelease(release('v1.0.0', { draft: true }))).toBeUndefined();
  });

  it.each([
    ['none', []],
    ['no bundle', [asset('manifest.json')]],
    ['two manifests', [...release('v1.0.0').assets, asset('manifest.json')]],
    ['two bundles', [...release('v1.0.0').assets, asset('pikit-1.0.0.tar.gz')]],
    ['the bundle of another version', [asset('manifest.json'), asset('pikit-1.0.1.tar.gz')]],
    ['half a bundle', [asset('manifest.json'), asset('pikit-1.0.0.tar.gz', { state: 'starter' })]],
    [
      'a bundle that lies elsewhere',
      [asset('manifest.json'), asset('pikit-1.0.0.tar.gz', { type: 'external' })],
    ],
    [
      'a bundle here and one elsewhere',
      [...release('v1.0.0').assets, asset('pikit-1.0.0.tar.gz', { type: 'external' })],
    ],
    ['null', null],
  ])('knows no assets where there are %s', (_name, assets) => {
    expect(toRelease(release('v1.0.0', { assets }))?.assets).toBeUndefined();
  });
});
