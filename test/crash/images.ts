/** One run of the agent, cut at every call that changes the disk: an image of the disk for each way in which it can end there. */
import type { MemoryDisk } from '../support/memory-disk/memory-disk.ts';

export interface Image {
  /** Such as `cut after call 17, rename /a to /b`. */
  readonly where: string;
  /** Its place among all of that run. */
  readonly number: number;
  readonly memory: MemoryDisk;
}

/** Killed before each call, which is killed after the one before it too; power lost before and after it. */
export async function imagesOf(
  memory: MemoryDisk,
  work: () => Promise<unknown>,
  random: () => number,
): Promise<readonly Image[]> {
  const images: Image[] = [];
  let count = 0;
  const take = (how: string, image: MemoryDisk, call: string): void => {
    const where = `${how} call ${String(count)}, ${call}`;
    images.push({ where, number: images.length, memory: image });
  };
  memory.setGate({
    before: (call, path) => {
      count += 1;
      take('killed before', memory.fork(), `${call} ${path}`);
      take('cut before', memory.crash(random), `${call} ${path}`);
    },
    after: (call, path) => take('cut after', memory.crash(random), `${call} ${path}`),
  });
  await work();
  memory.setGate({});
  return images;
}
