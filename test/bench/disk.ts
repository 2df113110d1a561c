/**
 * The disk of the measured device: as root a filesystem of its own, whose device counts what is written to it, else a directory.
 * Each measurement begins with a copy of what was prepared, in the same place, because the agent's links name it.
 */
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { awaitLoopRelease, loopDeviceOf } from '../support/loop-device.ts';
import { CARD_PROGRAMS, insertCard, type InsertedCard } from './card.ts';
import { reasonAgainst, run } from './programs.ts';
import type { Card } from './workload.ts';

/** In the block layer's statistics a sector is always of this size (Documentation/block/stat.rst), and this one's count was written. */
const SECTOR_BYTES = 512;
const SECTORS_WRITTEN = 6;

export interface OpenDisk {
  /** The directory that stands for `/`. */
  readonly root: string;
  /** Everything so far, made to reach the disk first. Null without a device of its own. */
  readonly written: () => Promise<number | null>;
  readonly close: () => Promise<void>;
}

export interface Disk {
  /** Empty. */
  readonly create: () => Promise<OpenDisk>;
  /** Keeps what a closed disk holds, under a name. */
  readonly keep: (name: string) => Promise<void>;
  /** A copy of what was kept, on the card if there is one: what is made before lies in memory. */
  readonly open: (name: string) => Promise<OpenDisk>;
  /** Removes everything. */
  readonly remove: () => Promise<void>;
}

/** `within`: a directory in which everything lies. */
export async function createLoopDisk(
  within: string,
  megabytes: number,
  card?: Card,
): Promise<Disk> {
  const place = await mkdtemp(join(within, 'disk-'));
  const [root, image] = [join(place, 'root'), join(place, 'image')];
  await mkdir(root);
  const kept = (name: string): string => join(place, `${name}.kept`);
  let isMounted = false;
  let inserted: InsertedCard | undefined;
  const eject = async (): Promise<void> => {
    await inserted?.eject();
    inserted = undefined;
  };
  const mount = async (file: string): Promise<OpenDisk> => {
    await run('mount', ['-o', 'loop', file, root]);
    isMounted = true;
    const statistics = `/sys/block/${basename(loopDeviceOf(file) ?? '')}/stat`;
    return {
      root,
      written: async () => {
        await run('sync', ['-f', root]);
        const columns = (await readFile(statistics, 'utf8')).trim().split(/\s+/);
        return Number(columns[SECTORS_WRITTEN]) * SECTOR_BYTES;
      },
      close: async () => {
        await run('umount', [root]);
        isMounted = false;
        awaitLoopRelease(file);
        await eject();
      },
    };
  };
  return {
    create: async () => {
      await rm(image, { force: true });
      await writeFile(image, '');
      await truncate(image, megabytes * 1024 * 1024);
      // Else it would go on writing its tables for a while, and that would be counted.
      await run('mkfs.ext4', ['-q', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image]);
      return mount(image);
    },
    keep: async (name) => {
      await run('cp', ['--sparse=always', image, kept(name)]);
    },
    open: async (name) => {
      await run('cp', ['--sparse=always', kept(name), image]);
      if (card === undefined) return mount(image);
      inserted = await insertCard(image, card);
      return mount(inserted.file);
    },
    remove: async () => {
      if (isMounted) await run('umount', ['--lazy', root]);
      await eject();
      await rm(place, { recursive: true, force: true });
    },
  };
}

export async function createDirectoryDisk(within: string): Promise<Disk> {
  const place = await mkdtemp(join(within, 'disk-'));
  const root = join(place, 'root');
  const kept = (name: string): string => join(place, `${name}.kept`);
  const open: OpenDisk = { root, written: async () => null, close: async () => undefined };
  const clear = (): Promise<void> => rm(root, { recursive: true, force: true });
  return {
    create: async () => {
      await clear();
      await mkdir(root);
      return open;
    },
    keep: async (name) => {
      await run('cp', ['-a', root, kept(name)]);
    },
    open: async (name) => {
      await clear();
      await run('cp', ['-a', kept(name), root]);
      return open;
    },
    remove: () => rm(place, { recursive: true, force: true }),
  };
}

/** Why this machine cannot have a filesystem of its own, on that card, found by doing it; undefined when it can. */
export async function reasonAgainstLoop(within: string, card?: Card): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'that needs root';
  const missing = card && reasonAgainst(CARD_PROGRAMS);
  if (missing !== undefined) return missing;
  const disk = await createLoopDisk(within, 16, card);
  try {
    await (await disk.create()).close();
    await disk.keep('tried');
    await (await disk.open('tried')).close();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await disk.remove();
  }
}
