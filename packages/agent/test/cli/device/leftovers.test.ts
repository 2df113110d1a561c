/** Looking for what lies about, in a real directory. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../../test/support/temp-dir.ts';
import { findLeftovers } from '../../../src/cli/device/leftovers.ts';

async function lay(root: string, ...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), '');
  }
}

const TARGET = '/var/www/pikit-web';
const find = (root: string, isUpdating = false) =>
  findLeftovers({ root, targets: [TARGET], edited: ['/etc/a'], isUpdating });

describe('findLeftovers', () => {
  it('finds nothing on an empty device but what the status knows', () =>
    withTempDir(async (root) => {
      expect(await find(root)).toEqual({
        damagedRecords: [],
        keptAside: [],
        edited: ['/etc/a'],
        halfDone: [],
      });
    }));

  it('finds records, what made way, and what is half-done', () =>
    withTempDir(async (root) => {
      const kept = `${TARGET}.pikit-kept-20260504T120000Z-abcdef`;
      await lay(
        root,
        '/var/lib/pikit-update/state.json.damaged',
        '/var/lib/pikit/staging/1.1.0/x',
        '/var/tmp/pikit-update/1.1.0/bundle.tar.gz',
        '/var/www/other',
        kept,
      );
      const found = await find(root);
      expect(found.damagedRecords).toEqual(['/var/lib/pikit-update/state.json.damaged']);
      expect(found.keptAside).toEqual([kept]);
      expect(found.halfDone).toEqual([
        '/var/lib/pikit/staging/1.1.0',
        '/var/tmp/pikit-update/1.1.0',
      ]);
      expect((await find(root, true)).halfDone).toEqual([]);
      await lay(root, '/var/lib/pikit/staging/kept.json');
      expect((await find(root)).halfDone).toEqual([]);
    }));
});
