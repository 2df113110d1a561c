/**
 * What comes in the way of something that a device does: the process is killed, the power goes, the owner cancels it, the disk
 * refuses, the medium with the releases is not what it was, services do not start, the clock is set, the first of two sources fails. It
 * leaves the device as the next process finds it, and judges nothing.
 */
import { IMPORT_FILE } from '../../packages/agent/src/core/layout.ts';
import { createRandom } from '../crash/tally.ts';
import { NEEDS_ROOM } from '../support/memory-disk/gate.ts';
import type { MemoryDisk } from '../support/memory-disk/memory-disk.ts';
import { errno } from '../support/memory-disk/paths.ts';

/** `refusal`: of one call; `spell`: of some in a row; `full`, `read-only`: of all from there on, until it is over. `services`, the `successor`, the clock and the sources are the caller's. */
export const ENDS = [
  'none',
  'none',
  'none',
  'kill',
  'cut',
  'cancel',
  'refusal',
  'spell',
  'full',
  'read-only',
  'medium',
  'services',
  'successor',
  'clock',
  'away',
  'older',
  'other',
] as const;
type End = (typeof ENDS)[number];
/** What may become of the first of two sources. */
export type SourceEnd = 'away' | 'older' | 'other';

export interface Disturbance {
  readonly end: End;
  /** At which of its calls that change the disk; 0: at none. */
  readonly at: number;
  /** Decides what a cut leaves on the disk, and with which code it refuses. */
  readonly chance: number;
}

interface Hands {
  readonly work: () => Promise<void>;
  readonly cancel: () => Promise<void>;
  readonly turnClock: () => void;
}

/** Not everything that such a disk has been told goes with the power: it is read from it all the same. */
const MAY_LAST: readonly End[] = ['refusal', 'read-only'];

const MOST_REFUSED = 60;
const MEDIUM = '/media/releases';
const MOST_BYTES = 1024 * 1024;

/** The device after it. What `work` began goes on on a disk that nobody looks at any more, where it was killed or cut off. */
export async function disturb(
  memory: MemoryDisk,
  { end, at, chance }: Disturbance,
  { work, cancel, turnClock }: Hands,
): Promise<MemoryDisk> {
  const random = createRandom(chance);
  const drawn = [random() < 0.5 ? 'ENOSPC' : 'EIO', random() < 0.5 ? 'EIO' : 'EROFS'] as const;
  const codes = end === 'read-only' ? (['EROFS', 'EROFS'] as const) : drawn;
  const refused = {
    refusal: 1,
    spell: Math.ceil(random() * MOST_REFUSED),
    full: Infinity,
    'read-only': Infinity,
  };
  const until = at + (isRefusal(end) ? refused[end] : 0);
  let left: MemoryDisk | undefined;
  let calls = 0;
  const cancelling: Promise<void>[] = [];
  memory.setGate({
    before: (call, path) => {
      calls += 1;
      if (at === 0 || calls < at) return;
      if (calls === at && end === 'kill') left = memory.fork();
      if (calls === at && end === 'clock') turnClock();
      if (calls === at && end === 'cut') left = memory.crash(random);
      if (calls < until) throw errno(NEEDS_ROOM.includes(call) ? codes[0] : codes[1], path);
    },
    after: () => {
      if (end === 'cancel' && at > 0 && calls >= at) cancelling.push(cancel());
    },
  });
  const mend = end === 'medium' ? await spoil(memory, random) : undefined;
  await work();
  memory.setGate({});
  await mend?.();
  // Else this life would still write while the next one looks.
  await Promise.all(cancelling);
  // What a refused sync has dropped is gone with the power, some day. Only at once where the journal may not have been told of it.
  if (isRefusal(end) && (!MAY_LAST.includes(end) || random() < 0.5)) return memory.crash(random);
  return left ?? memory;
}

/** Each bundle, and what was uploaded, ends early or has a wrong byte, until it is mended. */
async function spoil({ disk }: MemoryDisk, random: () => number): Promise<() => Promise<void>> {
  const whole = new Map<string, Uint8Array>();
  const versions = await disk.list(MEDIUM);
  const bundles = versions.map((version) => `${MEDIUM}/${version}/pikit-${version}.tar.gz`);
  for (const path of [...bundles, IMPORT_FILE]) {
    const bytes = await disk.read(path, MOST_BYTES);
    if (bytes === undefined) continue;
    whole.set(path, bytes);
    const at = Math.floor(random() * bytes.length);
    const changed = bytes.with(at, 255 - (bytes[at] ?? 0));
    await disk.write(path, random() < 0.5 ? changed : bytes.slice(0, at), 0o644);
  }
  return async () => {
    for (const [path, bytes] of whole) await disk.write(path, bytes, 0o644);
  };
}

/** After which the next process goes on. */
export function isRecovered(end: End): boolean {
  return end === 'kill' || end === 'cut' || isRefusal(end);
}

export function isOfSource(end: End): end is SourceEnd {
  return end === 'away' || end === 'older' || end === 'other';
}

function isRefusal(end: End): end is 'refusal' | 'spell' | 'full' | 'read-only' {
  return end === 'refusal' || end === 'spell' || end === 'full' || end === 'read-only';
}
