/** Which loop device stands for an image, and when none does any more. Attaches and detaches nothing itself. */
import { execFileSync } from 'node:child_process';

const PAUSE_SECONDS = '0.1';
const MOST_PAUSES = 300;

/** Its path, undefined when the image is in no use. */
export function loopDeviceOf(image: string): string | undefined {
  const args = ['--noheadings', '--output', 'NAME', '--associated', image];
  return execFileSync('losetup', args, { encoding: 'utf8' }).trim() || undefined;
}

/**
 * After `umount`. A container that is just starting has taken a copy of all mounts with it, and until it drops them the
 * filesystem lives on there, and would write to what the image has become meanwhile.
 */
export function awaitLoopRelease(image: string): void {
  for (let pauses = 0; loopDeviceOf(image) !== undefined; pauses += 1) {
    if (pauses === MOST_PAUSES) throw new Error(`${image} is still mounted somewhere`);
    execFileSync('sleep', [PAUSE_SECONDS]);
  }
}
