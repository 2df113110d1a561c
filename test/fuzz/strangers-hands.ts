/**
 * What somebody does by hand to what a release has placed, or a program to what it was installed with; what a program finds there
 * afterwards, and where what was put there must still be found in the end.
 */
import { constants } from 'node:fs';
import type { Disk } from '../../packages/agent/src/ports.ts';
import { CURRENT } from '../../packages/agent/src/core/layout.ts';
import type { Shown } from '../crash/verdict.ts';
import type { MemoryDisk } from '../support/memory-disk/memory-disk.ts';
import { PICTURE, UNIVERSE } from './many-releases.ts';

/** A name on the device that every release takes, and below it the file that is put there; undefined: only taken away. */
interface Place {
  readonly at: string;
  readonly puts: string | undefined;
}

const PLACES: readonly Place[] = [
  { at: '/var/www/pikit-web', puts: undefined },
  { at: '/var/www/pikit-web', puts: '/index.html' },
  { at: '/usr/local/bin/pikit-helper', puts: '' },
  { at: '/usr/local/bin/pikit-api.py', puts: undefined },
  { at: '/etc/cron.d/pikit', puts: undefined },
  { at: '/etc/cron.d/pikit', puts: '' },
];

/** Below `at`, after everything of ours there had to go. */
export interface Own {
  readonly at: string;
  readonly path: string;
  readonly content: string;
}

export interface Deed {
  readonly does: (memory: MemoryDisk) => Promise<void>;
  /** Whether it is a file of the installed release itself that is damaged, and not a name that leads to it. */
  readonly isInTree: boolean;
  readonly at: string;
  readonly shows: Shown;
  readonly own: Own | undefined;
}

/** One of them, drawn by the number. */
export function deedOf(chance: number): Deed {
  const place = PLACES[chance % (PLACES.length + 2)];
  if (place === undefined) {
    return {
      does: (memory) => spoil(memory, chance),
      isInTree: true,
      at: '',
      shows: {},
      own: undefined,
    };
  }
  const { at, puts } = place;
  const below = UNIVERSE.filter((path) => path === at || path.startsWith(`${at}/`));
  const own =
    puts === undefined ? undefined : { at, path: puts, content: `mine ${String(chance)}` };
  const shows = Object.fromEntries(below.map((path) => [path, undefined]));
  return {
    does: async ({ disk }) => {
      await disk.remove(at);
      if (own !== undefined) await disk.write(at + own.path, own.content, 0o644);
    },
    isInTree: false,
    at,
    shows: own === undefined ? shows : { ...shows, [at + own.path]: own.content },
    own,
  };
}

async function spoil({ fs, disk }: MemoryDisk, chance: number): Promise<void> {
  const picture = `${(await disk.readLink(CURRENT)) ?? ''}/${PICTURE}`;
  if (chance % 3 === 0) return disk.remove(picture);
  const file = await fs.open(picture, constants.O_WRONLY | constants.O_CREAT, 0o644);
  await file.write(Buffer.from('<gnu/>'), 0, 6, 0);
  await file.sync();
  await file.close();
}

/** What is neither where it was put nor aside. */
export async function lost(disk: Disk, all: readonly Own[]): Promise<readonly string[]> {
  const complaints: string[] = [];
  for (const { at, path, content } of all) {
    const slash = at.lastIndexOf('/');
    const names = await disk.list(at.slice(0, slash));
    const places = names.filter((name) => name.startsWith(`${at.slice(slash + 1)}.pikit-kept-`));
    const files = [at, ...places.map((name) => `${at.slice(0, slash)}/${name}`)];
    const found = await Promise.all(files.map((file) => contentAt(disk, file + path)));
    if (!found.includes(content))
      complaints.push(`lost: ${content}, which was put at ${at}${path}`);
  }
  return complaints;
}

async function contentAt(disk: Disk, path: string): Promise<string | undefined> {
  if ((await disk.lstat(path))?.kind !== 'file') return undefined;
  return new TextDecoder().decode(await disk.read(path, 4096));
}
