/** The judgement on filesystems: room, read-only mounts, and those that forget. */
import { describe, expect, it } from 'vitest';
import type { Filesystem } from '../../../src/cli/device/facts.ts';
import { judgeDisk } from '../../../src/cli/doctor/disk.ts';

const MIB = 1024 * 1024;
const card: Filesystem = {
  mount: '/',
  type: 'ext4',
  isReadOnly: false,
  isSandboxOwn: false,
  freeBytes: 1000 * MIB,
  totalInodes: 100_000,
  freeInodes: 90_000,
  places: ['/var/lib/pikit', '/var/www'],
};
const wanted = { bytes: 100 * MIB, files: 1000 };

describe('judgeDisk', () => {
  it.each<[string, Partial<Filesystem>, string, string]>([
    ['with room', {}, 'ok', '1000 MiB and 90000 inodes free'],
    ['read-only', { isReadOnly: true }, 'bad', 'read-only, and holds /var/lib/pikit, /var/www'],
    ['of memory', { type: 'tmpfs' }, 'bad', 'which a restart empties'],
    ['of memory, a sandbox', { type: 'tmpfs', isSandboxOwn: true }, 'ok', 'tmpfs'],
    ['almost full', { freeBytes: 120 * MIB }, 'warning', 'little more'],
    ['full', { freeBytes: 50 * MIB }, 'bad', 'may need 116 MiB'],
    ['without inodes', { freeInodes: 1255 }, 'bad', 'may need 1256 inodes'],
    ['that counts none', { totalInodes: 0, freeInodes: 0 }, 'ok', '1000 MiB free'],
  ])('a filesystem %s', (_what, changed, level, words) => {
    const [verdict] = judgeDisk([{ ...card, ...changed }], wanted);
    expect(verdict?.level).toBe(level);
    expect(verdict?.found).toContain(words);
  });

  it('says a line for each', () => {
    expect(judgeDisk([card, { ...card, mount: '/var' }], wanted)).toHaveLength(2);
  });
});
