/** Nothing that a caller passes climbs out of the root, and link texts survive the way there and back. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createDevicePaths, isDevicePath } from '../../src/adapters/disk-path.ts';

describe('isDevicePath', () => {
  it.each([
    ['/', true],
    ['/etc/pikit/version', true],
    ['/a..b/...', true],
    ['', false],
    ['etc', false],
    ['./etc', false],
    ['/etc/', false],
    ['/etc//x', false],
    ['/etc/./x', false],
    ['/etc/../x', false],
    ['/..', false],
    ['/etc\0/x', false],
  ])('judges %j as %s', (path, expected) => {
    expect(isDevicePath(path)).toBe(expected);
  });
});

describe('createDevicePaths', () => {
  it('hangs every path below the root', () => {
    const { toHost } = createDevicePaths('/tmp/box/');
    expect(toHost('/')).toBe('/tmp/box');
    expect(toHost('/var/lib')).toBe('/tmp/box/var/lib');
  });

  it('leaves paths as they are when the root is the device itself', () => {
    const { toHost, toLinkText, fromLinkText } = createDevicePaths('/');
    expect(toHost('/var/lib')).toBe('/var/lib');
    expect(toHost('/')).toBe('/');
    expect(toLinkText('/var/lib')).toBe('/var/lib');
    expect(fromLinkText('/var/lib')).toBe('/var/lib');
  });

  it('refuses a path that climbs', async () => {
    const { toHost, toLinkText } = createDevicePaths('/tmp/box');
    await expectCode(() => toHost('/../etc/passwd'), 'internal');
    await expectCode(() => toLinkText('/var/../../etc'), 'internal');
  });

  it('prefixes absolute link texts only, and strips only its own prefix', () => {
    const { toLinkText, fromLinkText } = createDevicePaths('/tmp/box');
    expect(toLinkText('/var/x')).toBe('/tmp/box/var/x');
    expect(toLinkText('../x')).toBe('../x');
    expect(fromLinkText('/tmp/box/var/x')).toBe('/var/x');
    expect(fromLinkText('/tmp/box')).toBe('/');
    expect(fromLinkText('/tmp/boxes/x')).toBe('/tmp/boxes/x');
    expect(fromLinkText('../x')).toBe('../x');
  });
});
