/** An image is free only when the last mount of it is gone, also one that another namespace has taken with it. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BARE_EXT4, reasonAgainst } from '../crash/loop-disk.ts';
import { awaitLoopRelease, loopDeviceOf } from './loop-device.ts';
import { makeTempDir } from './temp-dir.ts';

const reason = reasonAgainst(BARE_EXT4);
const NOTE = reason === undefined ? '' : ` (skipped: ${reason})`;

it.skipIf(reason !== undefined)(`waits for mounts that others still hold${NOTE}`, async () => {
  const home = await makeTempDir(tmpdir());
  const [image, root] = [join(home.path, 'image'), join(home.path, 'root')];
  try {
    writeFileSync(image, '');
    truncateSync(image, 16 * 1024 * 1024);
    mkdirSync(root);
    execFileSync('mkfs.ext4', ['-q', image]);
    execFileSync('mount', ['-o', 'loop', image, root]);
    expect(loopDeviceOf(image)).toMatch(/^\/dev\/loop/);
    const other = spawn('unshare', ['--mount', 'sh', '-c', 'echo there; sleep 1'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = once(other, 'exit');
    await once(other.stdout, 'data');
    execFileSync('umount', [root]);
    expect(loopDeviceOf(image)).toMatch(/^\/dev\/loop/);
    awaitLoopRelease(image);
    expect(loopDeviceOf(image)).toBeUndefined();
    await gone;
  } finally {
    await home.remove();
  }
});
