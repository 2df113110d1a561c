/** The order of snapshots: counted within a boot, remembered across boots. */
import { describe, expect, it } from 'vitest';
import { admit } from '../../src/model/snapshot-order.ts';

describe('admit', () => {
  const seen = { boot: 'b', revision: 5, past: ['a'] };

  it.each([
    ['the first snapshot of all', undefined, { boot: 'b', revision: 5 }, undefined, true],
    ['a later revision', seen, { boot: 'b', revision: 6 }, 'b', true],
    ['the same revision again', seen, { boot: 'b', revision: 5 }, 'b', true],
    ['an earlier revision', seen, { boot: 'b', revision: 4 }, 'b', false],
    ['a boot that is new', seen, { boot: 'c', revision: 0 }, 'b', true],
    ['a boot that is over', seen, { boot: 'a', revision: 99 }, 'b', false],
    ['another boot, asked for before the restart', seen, { boot: 'c', revision: 9 }, 'a', false],
    ['the present boot, asked for before it', seen, { boot: 'b', revision: 7 }, 'a', true],
  ])('%s', (_, before, incoming, askedUnder, isAdmitted) => {
    expect(admit(before, incoming, askedUnder) !== undefined).toBe(isAdmitted);
  });

  it('remembers the boot that a new one replaces', () => {
    expect(admit(seen, { boot: 'c', revision: 0 }, 'b')).toEqual({
      boot: 'c',
      revision: 0,
      past: ['a', 'b'],
    });
  });
});
