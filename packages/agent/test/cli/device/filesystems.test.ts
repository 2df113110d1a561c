/** Mounts as text, and the filesystems that a real directory lies on. */
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../../test/support/temp-dir.ts';
import { mountOf, parseMounts, readFilesystems } from '../../../src/cli/device/filesystems.ts';

const TEXT = [
  '22 1 179:2 / / rw,noatime shared:1 - ext4 /dev/mmcblk0p2 rw',
  String.raw`30 22 0:30 / /media/a\040stick ro,relatime - vfat /dev/sda1 rw`,
  '31 22 0:31 / /var rw - ext4 /dev/sdb1 ro,errors=remount-ro',
  '32 31 0:32 / /var rw - tmpfs tmpfs rw',
  '',
].join('\n');

describe('parseMounts', () => {
  it('reads names with blanks, and both kinds of read-only', () => {
    expect(parseMounts(TEXT)).toEqual([
      { point: '/', type: 'ext4', isReadOnly: false },
      { point: '/media/a stick', type: 'vfat', isReadOnly: true },
      { point: '/var', type: 'ext4', isReadOnly: true },
      { point: '/var', type: 'tmpfs', isReadOnly: false },
    ]);
  });
});

describe('mountOf', () => {
  it.each([
    ['/variety', '/', 'ext4'],
    ['/var', '/var', 'tmpfs'],
    ['/var/lib', '/var', 'tmpfs'],
    ['/media/a stick/x', '/media/a stick', 'vfat'],
  ])('%s lies on %s (%s)', (path, point, type) => {
    expect(mountOf(parseMounts(TEXT), path)).toMatchObject({ point, type });
  });
});

describe('readFilesystems', () => {
  it('names each once, also for what is not there yet', () =>
    withTempDir(async (root) => {
      const found = await readFilesystems(root, ['/var/lib/pikit', '/etc/pikit']);
      expect(found).toHaveLength(1);
      expect(found[0]).toMatchObject({
        isSandboxOwn: true,
        isReadOnly: false,
        places: ['/var/lib/pikit', '/etc/pikit'],
      });
      expect(found[0]?.freeBytes).toBeGreaterThan(0);
    }));
});
