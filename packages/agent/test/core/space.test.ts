/** The sum that is done before a download: for each filesystem, in bytes and in inodes, with room left for everyone else. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { assertFits, MARGIN, unpackedBytes, type Free, type Need } from '../../src/core/space.ts';

const aNeed = (path: string, bytes = 0, inodes = 0): Need => ({ path, bytes, inodes });

const free = (
  filesystem: string,
  freeBytes: number,
  freeInodes = 1e6,
  totalInodes = 1e7,
): Free => ({
  filesystem,
  freeBytes,
  totalInodes,
  freeInodes,
});

/** Two answers for the same filesystem, with so much room beyond the margin. */
const room = (bytes: number, inodes: number): readonly Free[] => {
  const root = free('root', MARGIN.bytes + bytes, MARGIN.inodes + inodes);
  return [root, root];
};

/** `free[i]` answers `needs[i]`. */
const fit = (needs: readonly Need[], free: readonly Free[]): void =>
  assertFits(needs.map((need, index) => ({ need, free: free[index] ?? expect.fail('no answer') })));

describe('assertFits', () => {
  it('leaves a margin of 16 MiB and 256 inodes', () => {
    expect(MARGIN).toEqual({ bytes: 16 * 1024 * 1024, inodes: 256 });
  });

  it.each([
    [
      'bytes',
      aNeed('/a', 1000),
      free('root', MARGIN.bytes + 1000),
      free('root', MARGIN.bytes + 999),
    ],
    ['inodes', aNeed('/a', 0, 10), free('root', 1e9, 266), free('root', 1e9, 265)],
  ])(
    'takes exactly what it needs of %s, and refuses one less',
    async (what, need, enough, short) => {
      expect(() => fit([need], [enough])).not.toThrow();
      const error = await expectCode(() => fit([need], [short]), 'no-space');
      expect(error.details).toMatchObject({ path: '/a', what });
    },
  );

  it('says how much is needed and how much is there', async () => {
    const error = await expectCode(() => fit([aNeed('/a', 500)], [free('root', 100)]), 'no-space');
    expect(error.details).toEqual({
      path: '/a',
      what: 'bytes',
      needed: MARGIN.bytes + 500,
      free: 100,
    });
  });

  it('adds up what lies on one filesystem, with one margin', async () => {
    const needs = [aNeed('/var/tmp', 600, 5), aNeed('/var/lib', 600, 5)];
    expect(() => fit(needs, room(1200, 10))).not.toThrow();
    expect((await expectCode(() => fit(needs, room(1199, 10)), 'no-space')).details).toMatchObject({
      what: 'bytes',
      path: '/var/tmp',
    });
    expect((await expectCode(() => fit(needs, room(1200, 9)), 'no-space')).details).toMatchObject({
      what: 'inodes',
      needed: MARGIN.inodes + 10,
    });
  });

  it('does not let room on one filesystem help another', async () => {
    const needs = [aNeed('/tmp', 600), aNeed('/var', 600)];
    const apart = [free('tmp', MARGIN.bytes + 600), free('var', MARGIN.bytes + 599)];
    const error = await expectCode(() => fit(needs, apart), 'no-space');
    expect(error.details['path']).toBe('/var');
  });

  it('asks no inodes of a filesystem that has no fixed number of them', () => {
    expect(() => fit([aNeed('/a', 1, 1e9)], [free('btrfs', 1e9, 0, 0)])).not.toThrow();
  });

  it('refuses when all inodes of a filesystem are taken', async () => {
    await expectCode(() => fit([aNeed('/a')], [free('ext4', 1e9, 0, 1e7)]), 'no-space');
  });

  it('asks for nothing when nothing is needed', () => {
    expect(() => fit([], [])).not.toThrow();
  });
});

describe('unpackedBytes', () => {
  it.each([
    ['the sum of the sizes', [{ size: 10 }, { size: 0 }, { size: 5 }], 1000, 15],
    ['the sum, whatever the bundle says', [{ size: 10_000 }], 1, 10_000],
    ['five times the bundle where no size is known', [{}, {}], 1000, 5000],
    ['five times the bundle where one size is not known', [{ size: 10 }, {}], 1000, 5000],
    ['at least the sizes that are known', [{ size: 9000 }, {}], 1000, 9000],
    ['what is known of the sizes where the bundle is not', [{ size: 10 }, {}], undefined, 10],
    ['nothing for nothing', [], undefined, 0],
  ])('is %s', (_what, files, bundleBytes, bytes) => {
    expect(unpackedBytes(files, bundleBytes)).toBe(bytes);
  });
});
