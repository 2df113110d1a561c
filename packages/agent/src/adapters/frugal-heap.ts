/**
 * Tells V8 that memory is dearer here than a little time: by default it lets young objects pile up to 32 MB and the heap grow
 * fourfold before it looks for garbage, on a device that has perhaps 512 MB; and a second thread compiles once more, with room of its
 * own, what a program that soon sleeps again hardly profits from. Decides nothing about updates.
 */
import { setFlagsFromString } from 'node:v8';

/** They are read whenever they matter, so that they count from now on; an engine that knows one no more ignores it. */
const FLAGS = ['--semi-space-growth-factor=1', '--heap-growing-percent=50', '--no-opt'];

/** Call it once, before anything large is read. */
export function keepHeapSmall(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
}
