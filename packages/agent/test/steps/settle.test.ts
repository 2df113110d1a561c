/** A kill loses nothing, and a power cut after it nothing either, once what it left has been settled. */
import { ERROR_CODES } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../test/crash/tally.ts';
import { createMemoryDisk } from '../../../../test/support/memory-disk/memory-disk.ts';
import { isOfDisk, settle } from '../../src/steps/settle.ts';
import { aPolicy } from '../support/workbench.ts';

const CUTS = 40;
const TREE = '/var/lib/pikit/releases/1.1.0-0a1b2c3d';
const RECORD = {
  format: 1,
  version: '1.1.0',
  files: [{ path: 'bin/deep/tool', sha256: 'a'.repeat(64), mode: 0o755, size: 1 }],
};
const LINK = '/usr/local/bin/deep/tool';

/** Names that were given and not synced, as a killed process leaves them. */
async function killed() {
  const { fs, disk, crash } = createMemoryDisk();
  await disk.write(`${TREE}/.pikit/tree.json`, JSON.stringify(RECORD), 0o644);
  await disk.makeDirectory('/var/lib/pikit-update');
  await disk.makeDirectory('/usr/local/bin');
  await fs.mkdir('/usr/local/bin/deep', 0o755);
  await fs.symlink('/var/lib/pikit/current/bin/deep/tool', LINK);
  await fs.symlink(TREE, '/var/lib/pikit/current');
  await disk.append('/var/lib/pikit-update/history.jsonl', 'an entry\n');
  return { disk, crash };
}

async function survivors({ disk, crash }: Awaited<ReturnType<typeof killed>>, isSettled: boolean) {
  if (isSettled) await settle({ disk, policy: aPolicy({}) });
  const random = createRandom(1);
  const found = new Set<string>();
  for (let cut = 0; cut < CUTS; cut += 1) {
    const after = crash(random).disk;
    const history = await after.read('/var/lib/pikit-update/history.jsonl', 100);
    found.add(
      [
        await after.readLink(LINK),
        await after.readLink('/var/lib/pikit/current'),
        new TextDecoder().decode(history),
      ].join(', '),
    );
  }
  return found;
}

describe('settle', () => {
  it('makes durable what stands there', async () => {
    const all = `/var/lib/pikit/current/bin/deep/tool, ${TREE}, an entry\n`;
    expect(await survivors(await killed(), true)).toEqual(new Set([all]));
    // Without it chance decides.
    expect((await survivors(await killed(), false)).size).toBeGreaterThan(3);
  });

  it('does nothing on a device where nothing is yet', async () => {
    const { disk } = createMemoryDisk();
    await settle({ disk, policy: aPolicy({}) });
    expect(await disk.list('/')).toEqual([]);
  });
});

describe('isOfDisk', () => {
  it('is true of a disk that is full or refuses, and of nothing else', () => {
    const codes = ERROR_CODES.filter((code) => isOfDisk({ code }));
    expect(codes.toSorted()).toEqual(['no-space', 'write-failed']);
  });
});
