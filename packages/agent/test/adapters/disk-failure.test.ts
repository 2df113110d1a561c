/** Which errno becomes which code, and that nothing is lost on the way. */
import { constants } from 'node:os';
import { UpdateError } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { diskFailure, errnoOf, isAbsent } from '../../src/adapters/disk-failure.ts';

const errno = (code: string) => Object.assign(new Error(code), { code });
const withoutRoot = (path: string) => path.replace('/root', '');

describe('diskFailure', () => {
  it.each([
    ['ENOSPC', 'no-space'],
    ['EDQUOT', 'no-space'],
    ['EROFS', 'write-failed'],
    ['EIO', 'write-failed'],
    ['EACCES', 'write-failed'],
    ['ENOENT', 'write-failed'],
  ])('turns %s into %s and names the path', (code, expected) => {
    const cause = errno(code);
    const failure = diskFailure(cause, 'write', '/etc/x');
    expect(failure.code).toBe(expected);
    expect(failure.details).toEqual({ path: '/etc/x', errno: code });
    expect(failure.cause).toBe(cause);
  });

  it('says which directory a refused sync has left unsynced, by its name on the device', () => {
    const cause = Object.assign(errno('EIO'), { unsynced: '/root/etc' });
    const { details } = diskFailure(cause, 'link', '/etc/x', withoutRoot);
    expect(details).toEqual({ path: '/etc/x', errno: 'EIO', unsynced: '/etc' });
  });

  it('lets an error pass that has its code already', () => {
    const error = new UpdateError('too-large', 'too large');
    expect(diskFailure(error, 'read', '/x')).toBe(error);
  });
});

describe('errnoOf', () => {
  it('knows only errors of failed calls', () => {
    expect(errnoOf(errno('EIO'))).toBe('EIO');
    expect(errnoOf(new Error('x'))).toBeUndefined();
    expect(errnoOf({ code: 'EIO' })).toBeUndefined();
  });

  it.each([`Unknown system error -${String(constants.errno.EDQUOT)}`, 'UNKNOWN'])(
    'knows a full quota, which Node calls %s',
    (code) => {
      const error = Object.assign(errno(code), { errno: -constants.errno.EDQUOT });
      expect(diskFailure(error, 'write', '/etc/x').code).toBe('no-space');
      expect(errnoOf(errno('Unknown system error -9999'))).toBe('Unknown system error -9999');
    },
  );
});

describe('isAbsent', () => {
  it('counts a parent that is no directory as absence', () => {
    expect(['ENOENT', 'ENOTDIR', 'EACCES'].map((code) => isAbsent(errno(code)))).toEqual([
      true,
      true,
      false,
    ]);
  });
});
