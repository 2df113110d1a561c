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

/** What only some releases take, or a name above or below it. */
const FREE: readonly (readonly [at: string, path: string])[] = [
  ['/usr/local/bin/tool', ''],
  ['/usr/local/bin/tool', '/x'],
  ['/usr/local/bin/tool', '/mine'],
  ['/usr/local/bin/other', ''],
  ['/usr/local/bin/other', '/mine'],
  ['/usr/local/bin/alias', ''],
  ['/etc/cron.d/more', ''],
  ['/etc/cron.d/more', '/job'],
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

/** A file of the owner's at a name that is free now; `isLink`: it lies elsewhere, and a link leads to it. */
export function ownOf(chance: number): Own & { readonly isLink: boolean } {
  const [at, path] = FREE[chance % FREE.length] ?? ['', ''];
  return { at, path, content: `mine ${String(chance)}`, isLink: chance % 3 === 0 };
}

export async function put({ disk }: MemoryDisk, own: ReturnType<typeof ownOf>): Promise<void> {
  const { at, path, content, isLink } = own;
  const elsewhere = `/opt/own/${content}`;
  await disk.write(isLink ? elsewhere : at + path, content, 0o644);
  if (!isLink) return;
  await disk.makeDirectory((at + path).slice(0, (at + path).lastIndexOf('/')));
  await disk.pointSymlink(at + path, elsewhere);
}

/** What is neither where it was put nor aside. */
export async function lost(disk: Disk, all: readonly Own[]): Promise<readonly string[]> {
  const complaints: string[] = [];
  for (const { at, path, content } of all) {
    // What had to make way was the file, or with everything in it what it lies in.
    const aside = [...(await keptBeside(disk, at + path)), ...(await keptBeside(disk, at, path))];
    const found = await Promise.all([at + path, ...aside].map((file) => contentAt(disk, file)));
    if (!found.includes(content))
      complaints.push(`lost: ${content}, which was put at ${at}${path}`);
  }
  return complaints;
}

async function keptBeside(disk: Disk, at: string, path = ''): Promise<readonly string[]> {
  const slash = at.lastIndexOf('/');
  const start = `${at.slice(slash + 1)}.pikit-kept-`;
  const directory = at.slice(0, slash);
  if ((await disk.lstat(directory))?.kind !== 'directory') return [];
  const names = (await disk.list(directory)).filter((name) => name.startsWith(start));
  return names.map((name) => `${directory}/${name}${path}`);
}

async function contentAt(disk: Disk, path: string): Promise<string | undefined> {
  const place = (await disk.readLink(path)) ?? path;
  if ((await disk.lstat(place))?.kind !== 'file') return undefined;
  return new TextDecoder().decode(await disk.read(place, 4096));
}
