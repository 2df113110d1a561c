/** What a file system refuses becomes a code, and nothing else is touched. */
import { UpdateError } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { diskFailure, errnoOf } from '../src/disk-failure.ts';

const refused = (code: string): Error => Object.assign(new Error('x'), { code });

describe('diskFailure', () => {
  it.each([
    ['ENOSPC', 'no-space'],
    ['EDQUOT', 'no-space'],
    ['EROFS', 'write-failed'],
  ])('tells %s as %s', (errno, code) => {
    expect(diskFailure(refused(errno), 'place')).toMatchObject({
      code,
      details: { path: 'place', reason: errno },
    });
  });

  it.each([
    ['ENOSPC', 'place: no space is left there (ENOSPC)'],
    ['EROFS', 'place: the filesystem is read-only (EROFS)'],
    ['EIO', 'place: EIO'],
  ])('says what %s means, where a person can do something', (errno, message) => {
    expect(diskFailure(refused(errno), 'place')).toHaveProperty('message', message);
  });

  it('leaves alone what says more, and what the system did not say', () => {
    const [told, ours] = [new UpdateError('too-large', 'x'), new Error('a bug')];
    expect(diskFailure(told, 'place')).toBe(told);
    expect(diskFailure(ours, 'place')).toBe(ours);
    expect([errnoOf(ours), errnoOf('text'), errnoOf(refused('EIO'))]).toEqual(['', '', 'EIO']);
  });
});
