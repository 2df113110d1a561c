/** Which release a device takes: the highest of its channel, forward only, and made for this device. */
import type { Channel } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import type { TreeVersion } from '../../src/core/layout.ts';
import {
  assertCompatible,
  assertProduct,
  assertForward,
  isNewer,
  selectRelease,
  type Device,
} from '../../src/core/selection.ts';
import { aManifest, aVersion } from '../support/a-manifest.ts';

function installed(text: string | null): TreeVersion | null {
  return text === null || text === 'preexisting' ? text : aVersion(text);
}

/** `1.0.0/beta`; without a channel it is stable. */
const list = (text: string) =>
  text
    .split(' ')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [version = '', channel] = entry.split('/');
      return { version: aVersion(version), channel: (channel ?? 'stable') as Channel };
    });

const aDevice = (patch: Partial<Device> = {}): Device => ({
  arch: 'arm64',
  updaterVersion: '0.3.0',
  current: aVersion('1.3.0'),
  ...patch,
});

describe('selectRelease', () => {
  it.each([
    ['1.0.0 1.2.0 1.1.0', '1.2.0', '1.2.0'],
    ['2.0.0 1.9.9', '2.0.0', '2.0.0'],
    ['1.9.0 1.10.0', '1.10.0', '1.10.0'],
    ['1.0.0 2.0.0/beta', '1.0.0', '2.0.0'],
    ['1.0.0 2.0.0-rc.1/beta', '1.0.0', '2.0.0-rc.1'],
    ['1.0.0 2.0.0-rc.1', '1.0.0', '2.0.0-rc.1'],
    ['2.0.0-rc.1/beta 2.0.0', '2.0.0', '2.0.0'],
    ['2.0.0-rc.2/beta 2.0.0-rc.10/beta', undefined, '2.0.0-rc.10'],
    ['1.0.0/beta', undefined, '1.0.0'],
    ['1.0.0 1.0.0', '1.0.0', '1.0.0'],
    ['', undefined, undefined],
  ])('from %j takes %s on stable and %s on beta', (listed, stable, beta) => {
    expect(selectRelease(list(listed), 'stable')?.version).toBe(stable);
    expect(selectRelease(list(listed), 'beta')?.version).toBe(beta);
  });

  it('does not reorder the list that it was given', () => {
    const listed = list('1.0.0 3.0.0 2.0.0');
    selectRelease(listed, 'stable');
    expect(listed).toEqual(list('1.0.0 3.0.0 2.0.0'));
  });
});

/** version, what runs, whether it is newer, and the code of the refusal */
const ORDER = [
  ['1.2.0', null, true, undefined],
  ['0.0.1', 'preexisting', true, undefined],
  ['1.2.0', '1.1.9', true, undefined],
  ['1.10.0', '1.9.0', true, undefined],
  ['1.2.0', '1.2.0-rc.1', true, undefined],
  ['1.2.0', '1.2.0', false, 'already-installed'],
  ['1.2.0+pi', '1.2.0', false, 'already-installed'],
  ['1.2.0', '1.2.0+pi', false, 'already-installed'],
  ['1.2.0-rc.1', '1.2.0', false, 'downgrade-refused'],
  ['1.1.9', '1.2.0', false, 'downgrade-refused'],
] as const;

describe('isNewer', () => {
  it.each(ORDER)('of %s, when %s runs, is %s', (version, current, newer) => {
    expect(isNewer(aVersion(version), installed(current))).toBe(newer);
  });
});

describe('assertForward', () => {
  it.each(ORDER.filter(([, , newer]) => newer))('lets %s follow %s', (version, current) => {
    expect(() => assertForward(aVersion(version), installed(current))).not.toThrow();
  });

  it.each(
    ORDER.flatMap(([version, current, , code]) => (code ? [{ version, current, code }] : [])),
  )('refuses $version after $current with $code', async ({ version, current, code }) => {
    const error = await expectCode(
      () => assertForward(aVersion(version), installed(current)),
      code,
    );
    expect(error.details).toEqual({ version, current });
  });
});

describe('assertProduct', () => {
  it.each([
    ['just this one', 'pi-kit', 'pi-kit', true],
    ['any, where the config names none', 'other', undefined, true],
    ['none, where nobody has signed it', undefined, 'pi-kit', false],
  ])('accepts %s', (_what, product, configured, isSigned) => {
    const manifest = aManifest(product === undefined ? {} : { product });
    expect(() => assertProduct(manifest, configured, isSigned)).not.toThrow();
  });

  it.each([
    ['another', 'other', false],
    ['another spelling', 'Pi-Kit', false],
    ['none in a signed one, whose key may sign other products too', undefined, true],
  ])('refuses %s', async (_what, product, isSigned) => {
    const manifest = aManifest(product === undefined ? {} : { product });
    const error = await expectCode(
      () => assertProduct(manifest, 'pi-kit', isSigned),
      'incompatible',
    );
    expect(error.details).toMatchObject({ what: 'product', required: product ?? 'none' });
  });
});

describe('assertCompatible', () => {
  it.each([
    ['nothing', {}, {}],
    ['an empty list of requirements', { requires: {} }, {}],
    ['one of two architectures', { requires: { arch: ['arm', 'arm64'] } }, {}],
    ['Debian’s name of the architecture', { requires: { arch: ['armhf'] } }, { arch: 'arm' }],
    ['this updater', { requires: { updater: '>=0.3.0' } }, {}],
    [
      'a pre-release of the updater',
      { requires: { updater: '>=0.2.0' } },
      { updaterVersion: '0.3.0-rc.1' },
    ],
    ['this version', { requires: { from: '>=1.2.0 <2' } }, {}],
    ['one of two ranges', { requires: { from: '1.1.x || ~1.3' } }, {}],
    ['a version, and none is known', { requires: { from: '>=9' } }, { current: null }],
    [
      'a version, and the files never had one',
      { requires: { from: '>=9' } },
      { current: 'preexisting' as const },
    ],
  ])('accepts a release that requires %s', (_what, patch, device) => {
    expect(() => assertCompatible(aManifest(patch), aDevice(device))).not.toThrow();
  });

  it.each([
    ['arch', 'x64 arm', 'arm64', { requires: { arch: ['x64', 'arm'] } }, {}],
    ['arch', '', 'arm64', { requires: { arch: [] } }, {}],
    ['updater', '>=0.4.0', '0.3.0', { requires: { updater: '>=0.4.0' } }, {}],
    [
      'updater',
      '>=0.3.0',
      '0.3.0-rc.1',
      { requires: { updater: '>=0.3.0' } },
      { updaterVersion: '0.3.0-rc.1' },
    ],
    ['from', '>=1.4.0', '1.3.0', { requires: { from: '>=1.4.0' } }, {}],
    ['from', '<1.3.0', '1.3.0', { requires: { from: '<1.3.0' } }, {}],
  ])('refuses another %s: %j here is %s', async (what, required, found, patch, device) => {
    const work = () => assertCompatible(aManifest(patch), aDevice(device));
    expect((await expectCode(work, 'incompatible')).details).toEqual({ what, required, found });
  });

  it.each([
    ['from', 'newer than yours'],
    ['from', '>=1.2.0 && <2'],
    ['updater', '>=1.x.y.z'],
    ['updater', '⅓'],
  ] as const)('refuses requires.%s of %j, which is no range', async (member, range) => {
    const work = () => assertCompatible(aManifest({ requires: { [member]: range } }), aDevice());
    expect((await expectCode(work, 'manifest-invalid')).details['where']).toBe(
      `requires.${member}`,
    );
  });
});
