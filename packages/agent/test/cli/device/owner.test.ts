/** Who is let at a device. */
import { stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../../test/support/expect-code.ts';
import { withTempDir } from '../../../../../test/support/temp-dir.ts';
import { ownerFor } from '../../../src/cli/device/owner.ts';

describe('ownerFor', () => {
  it('lets nobody but root at the real one', async () => {
    const { message } = await expectCode(ownerFor({ root: '/', uid: 1000 }, 'look'), 'forbidden');
    expect(message).toBe('only root may look');
    expect(await ownerFor({ root: '/', uid: 0 }, 'look')).toBe(0);
  });

  it('lets root and whom it belongs to at a sandbox', () =>
    withTempDir(async (root) => {
      const { uid } = await stat(root);
      expect(await ownerFor({ root, uid }, 'look')).toBe(uid);
      expect(await ownerFor({ root, uid: 0 }, 'look')).toBe(uid);
      const { message } = await expectCode(ownerFor({ root, uid: uid + 1 }, 'look'), 'forbidden');
      expect(message).toBe(`${root} is another user's: only they and root may look`);
    }));

  it('says that there is no such sandbox', () =>
    withTempDir(async (root) => {
      await expectCode(ownerFor({ root: `${root}/none`, uid: 0 }, 'look'), 'invalid-request');
    }));
});
