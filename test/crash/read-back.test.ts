/** Damage on the disk, beneath what the kernel remembers: read back it shows, and such a release is never switched to. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createDisk } from '../../packages/agent/src/adapters/disk-posix.ts';
import { steps } from '../../packages/agent/src/steps/all.ts';
import { aRelease, createWorkbench } from '../../packages/agent/test/support/workbench.ts';
import { BTRFS, createLoopDisks, EXT4, reasonAgainst, XFS, type Kind } from './loop-disk.ts';
import { PATHS } from './sides.ts';

const MARKER = 'this is what was written and what must be there';
/** So long that no filesystem keeps it beside the name. */
const CONTENT = MARKER.padEnd(8000, '.');
const [PAGE] = PATHS;

/** Changes one letter wherever the image has the marker, and says how often that was. */
function damage(image: string): number {
  const bytes = readFileSync(image);
  const descriptor = openSync(image, 'r+');
  let count = 0;
  for (let at = bytes.indexOf(MARKER); at !== -1; at = bytes.indexOf(MARKER, at + 1)) {
    writeSync(descriptor, 'T', at);
    count += 1;
  }
  closeSync(descriptor);
  return count;
}

async function onMounted(kind: Kind, work: (root: string, image: string) => Promise<void>) {
  const disks = createLoopDisks();
  try {
    const image = disks.path('image');
    disks.format(kind, image);
    await work(disks.mount(kind, image).root, image);
  } finally {
    disks.close();
  }
}

const btrfsReason = reasonAgainst(BTRFS);
if (btrfsReason !== undefined) process.stderr.write(`no reading back on btrfs: ${btrfsReason}\n`);

describe('reading back what was written', () => {
  // Some kernels read past the cache here and find the checksum wrong, others answer from the cache whatever they are asked.
  it.skipIf(btrfsReason !== undefined)('claims no more than it saw: btrfs', () =>
    onMounted(BTRFS, async (root, image) => {
      const disk = createDisk({ root });
      await disk.write('/file', CONTENT, 0o644);
      expect(damage(image)).toBe(1);
      const seen = await disk.readBack('/file').then(
        ({ fromMedium }) => ({ fromMedium }),
        (error: unknown) => error,
      );
      expect([
        { fromMedium: false },
        expect.objectContaining({ code: 'write-failed' }),
      ]).toContainEqual(seen);
    }),
  );

  for (const kind of [EXT4, XFS]) {
    const reason = reasonAgainst(kind);
    if (reason !== undefined) process.stderr.write(`no reading back on ${kind.name}: ${reason}\n`);

    it.skipIf(reason !== undefined)(`sees what became of it on the disk: ${kind.name}`, () =>
      onMounted(kind, async (root, image) => {
        const disk = createDisk({ root });
        await disk.write('/file', CONTENT, 0o644);
        const written = await disk.hash('/file');
        expect(await disk.readBack('/file')).toEqual({ ...written, fromMedium: true });
        expect(damage(image)).toBe(1);
        expect(await disk.hash('/file')).toEqual(written);
        const { sha256, fromMedium } = await disk.readBack('/file');
        expect({ fromMedium, isSame: sha256 === written.sha256 }).toEqual({
          fromMedium: true,
          isSame: false,
        });
      }),
    );

    it.skipIf(reason !== undefined)(`refuses a release that the disk lost: ${kind.name}`, () =>
      onMounted(kind, async (root, image) => {
        let damaged = 0;
        const damagedBefore: typeof steps = {
          ...steps,
          verifying: async (context, signal) => {
            damaged = damage(image);
            await steps.verifying(context, signal);
          },
        };
        const bench = await createWorkbench({}, damagedBefore, root);
        await bench.put(PAGE, 'old page');
        const { files } = aRelease('1.1.0');
        await bench.publish(
          aRelease('1.1.0', { files: { ...files, 'pikit-web/index.html': CONTENT } }),
        );
        const result = await bench.apply('1.1.0');
        expect(damaged).toBeGreaterThan(0);
        expect(result).toMatchObject({ outcome: 'failed', error: { code: 'hash-mismatch' } });
        expect(await bench.see(PAGE)).toBe('old page');
      }),
    );
  }
});
