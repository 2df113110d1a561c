/**
 * The two places from which a device has its releases: the second has all that the first has. What becomes of the first meanwhile: it goes
 * away in the middle of what it is asked, has an older list, or another release under the version that is wanted, and is mended again.
 */
import { UpdateError } from '@pikit/protocol';
import { createDirSource } from '../../packages/agent/src/adapters/source-dir.ts';
import type { Disk, ReleaseSource } from '../../packages/agent/src/ports.ts';
import { readReady } from '../../packages/agent/src/steps/kept-release.ts';
import type { MemoryDisk } from '../support/memory-disk/memory-disk.ts';
import type { SourceEnd } from './disturbance.ts';
import { isNewer } from './version-order.ts';

const FIRST_MEDIUM = '/media/releases';
const SECOND_MEDIUM = '/media/mirror';
const MOST_ANSWERS = 10;
const MAX_BYTES = 1024 * 1024;

/** With which codes a device may end a call that it would else have carried out; none where the second source is to step in. */
export const REFUSALS: Readonly<Record<SourceEnd, readonly string[]>> = {
  away: [],
  older: ['no-such-release'],
  other: ['manifest-changed', 'signature-invalid'],
};

/** Whether it must: what lies ready asks nobody. */
export async function mustRefuse(disk: Disk, end: SourceEnd, version: string): Promise<boolean> {
  return REFUSALS[end].length > 0 && (await readReady(disk))?.version !== version;
}

export async function layMirror({ disk }: MemoryDisk): Promise<void> {
  for (const version of await disk.list(FIRST_MEDIUM))
    for (const name of await disk.list(`${FIRST_MEDIUM}/${version}`)) {
      const bytes = await disk.read(`${FIRST_MEDIUM}/${version}/${name}`, MAX_BYTES);
      await disk.write(`${SECOND_MEDIUM}/${version}/${name}`, bytes ?? '', 0o644);
    }
}

export interface Answers {
  /** Of the first source, as many as it still gives. */
  left: number;
  /** Nothing newer has been published yet; undefined: all has. */
  upTo: string | undefined;
}

export const ALL_ANSWERS: Answers = { left: Infinity, upTo: undefined };

export function twoSources(disk: Disk, answers: Answers) {
  const [first, second] = [FIRST_MEDIUM, SECOND_MEDIUM].map((path) =>
    upTo(createDirSource({ path, disk }), answers),
  ) as [ReleaseSource, ReleaseSource];
  return [
    { name: FIRST_MEDIUM, source: goingAway(first, answers) },
    { name: SECOND_MEDIUM, source: second },
  ];
}

function upTo(source: ReleaseSource, answers: Answers): ReleaseSource {
  const isThere = (version: string) =>
    answers.upTo === undefined || !isNewer(version, answers.upTo);
  return {
    ...source,
    list: async (signal) => (await source.list(signal)).filter(({ version }) => isThere(version)),
  };
}

function goingAway(source: ReleaseSource, answers: Answers): ReleaseSource {
  const count = (): void => {
    answers.left -= 1;
    if (answers.left >= 0) return;
    throw new UpdateError('offline', 'unplugged', { details: { url: FIRST_MEDIUM, reason: '' } });
  };
  const counted = async <T>(answer: () => Promise<T>): Promise<T> => {
    count();
    return answer();
  };
  return {
    list: (...args) => counted(() => source.list(...args)),
    manifest: (...args) => counted(() => source.manifest(...args)),
    signature: (...args) => counted(() => source.signature(...args)),
    fetchBundle: (...args) => counted(() => source.fetchBundle(...args)),
    async *fetchPart(...args) {
      for await (const chunk of source.fetchPart(...args)) {
        // In the middle of what it sends.
        const half = Math.ceil(chunk.length / 2);
        yield chunk.subarray(0, half);
        count();
        yield chunk.subarray(half);
      }
    },
  };
}

/** The other release is signed as the right one is. */
export async function meddle(
  { disk }: MemoryDisk,
  {
    end,
    version,
    chance,
  }: { readonly end: SourceEnd; readonly version: string; readonly chance: number },
  answers: Answers,
  sign: (version: string, manifest: Uint8Array) => string | undefined,
): Promise<() => Promise<void>> {
  if (end === 'away') {
    answers.left = chance % MOST_ANSWERS;
    return async () => undefined;
  }
  const manifest = `${FIRST_MEDIUM}/${version}/manifest.json`;
  const signature = `${manifest}.minisig`;
  const [bytes, signed] = await Promise.all([
    disk.read(manifest, MAX_BYTES),
    disk.read(signature, MAX_BYTES),
  ]);
  if (bytes === undefined || signed === undefined) return async () => undefined;
  if (end === 'older') await disk.remove(manifest);
  else {
    const other = new Uint8Array([...bytes, 0x0a]);
    await disk.write(manifest, other, 0o644);
    const anew = chance % 3 > 0 ? sign(version, other) : undefined;
    if (anew !== undefined) await disk.write(signature, anew, 0o644);
  }
  return async () => {
    await disk.write(manifest, bytes, 0o644);
    await disk.write(signature, signed, 0o644);
  };
}
