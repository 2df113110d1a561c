/** Which boot of the machine this is: a number that the kernel draws anew each time. */
import { readFile } from 'node:fs/promises';

/** Rejects where the kernel does not tell. */
export async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}
