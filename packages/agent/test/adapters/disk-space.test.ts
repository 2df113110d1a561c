/** What a target's directory is measured by; where it is mounted is tested by the whole disk. */
import { describe, expect, it } from 'vitest';
import { spaceAt } from '../../src/adapters/disk-space.ts';
import { realFileSystem } from '../../src/adapters/file-system-node.ts';

const refusing = (code: string): typeof realFileSystem => ({
  ...realFileSystem,
  access: () => Promise.reject(Object.assign(new Error(code), { code })),
});

describe('spaceAt', () => {
  it('measures the nearest directory that is there', async () => {
    const { freeBytes, isReadOnly } = await spaceAt(realFileSystem, '/tmp/not/yet/made', '/');
    expect(freeBytes).toBeGreaterThan(0);
    expect(isReadOnly).toBe(false);
  });

  it.each([
    ['EROFS', true],
    ['EACCES', false],
  ])(
    'asks whether it is mounted for reading alone, and not for permission: %s',
    async (code, is) => {
      expect(await spaceAt(refusing(code), '/tmp', '/')).toMatchObject({ isReadOnly: is });
    },
  );
});
