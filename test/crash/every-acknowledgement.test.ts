/**
 * What the disk adapter has acknowledged as durable is there after every power cut, and what it replaced is not: each call of
 * the port that promises so, over a disk that forgets whatever was not synced.
 */
import { describe, expect, it } from 'vitest';
import type { Disk } from '../../packages/agent/src/ports.ts';
import { createMemoryDisk } from '../support/memory-disk/memory-disk.ts';
import { crashSeed, createRandom } from './tally.ts';

/** Enough that a coin for each unsynced change falls the wrong way. */
const CUTS = 60;

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

async function* brokenOff(text: string): AsyncGenerator<Uint8Array> {
  yield* chunks(text);
  throw new Error('the connection broke');
}

interface Case {
  readonly name: string;
  readonly before?: (disk: Disk) => Promise<unknown>;
  readonly act: (disk: Disk) => Promise<unknown>;
  /** Path to content; undefined: nothing there. */
  readonly leaves: Readonly<Record<string, string | undefined>>;
}

const CASES: readonly Case[] = [
  {
    name: 'write, with its directories',
    act: (disk) => disk.write('/a/b/file', 'new', 0o644),
    leaves: { '/a/b/file': 'new' },
  },
  {
    name: 'write over a file',
    before: (disk) => disk.write('/file', 'old', 0o644),
    act: (disk) => disk.write('/file', 'new', 0o644),
    leaves: { '/file': 'new' },
  },
  {
    name: 'appendDurably to a new file',
    act: (disk) => disk.appendDurably('/file', 'line\n'),
    leaves: { '/file': 'line\n' },
  },
  {
    name: 'appendDurably to a file that is there',
    before: (disk) => disk.write('/file', 'one\n', 0o644),
    act: (disk) => disk.appendDurably('/file', 'two\n'),
    leaves: { '/file': 'one\ntwo\n' },
  },
  {
    name: 'resume of a new file',
    act: (disk) => disk.resume('/part', 0, chunks('bytes')),
    leaves: { '/part': 'bytes' },
  },
  {
    name: 'resume of what is there',
    before: (disk) => disk.write('/part', 'half', 0o600),
    act: (disk) => disk.resume('/part', 2, chunks('nd')),
    leaves: { '/part': 'hand' },
  },
  {
    name: 'resume, as far as the bytes came',
    act: async (disk) => {
      const resuming = disk.resume('/part', 0, brokenOff('half'));
      await expect(resuming).rejects.toThrow('the connection broke');
    },
    leaves: { '/part': 'half' },
  },
  {
    name: 'pointSymlink',
    before: (disk) => disk.pointSymlink('/current', '/old'),
    act: (disk) => disk.pointSymlink('/current', '/new'),
    leaves: { '/current': '-> /new' },
  },
  {
    name: 'rename within a directory',
    before: (disk) => disk.write('/a', 'content', 0o644),
    act: (disk) => disk.rename('/a', '/b'),
    leaves: { '/a': undefined, '/b': 'content' },
  },
  {
    name: 'rename into another directory',
    before: async (disk) => {
      await disk.write('/from/a', 'content', 0o644);
      await disk.makeDirectory('/to');
    },
    act: (disk) => disk.rename('/from/a', '/to/a'),
    leaves: { '/from/a': undefined, '/to/a': 'content' },
  },
  {
    name: 'remove of a file',
    before: (disk) => disk.write('/file', 'content', 0o644),
    act: (disk) => disk.remove('/file'),
    leaves: { '/file': undefined },
  },
  {
    name: 'remove of a tree',
    before: (disk) => disk.write('/tree/below/file', 'content', 0o644),
    act: (disk) => disk.remove('/tree'),
    leaves: { '/tree/below/file': undefined, '/tree': undefined },
  },
  {
    name: 'makeDirectory',
    act: (disk) => disk.makeDirectory('/a/b'),
    leaves: { '/a/b': 'a directory' },
  },
  {
    name: 'sync of a tree of new files and links',
    before: async (disk) => {
      await disk.write('/installed', 'linked', 0o644);
      await disk.makeDirectory('/tree');
    },
    act: async (disk) => {
      await disk.create('/tree/below/file', 0o644, chunks('content'));
      await disk.makeDirectory('/tree/other');
      await disk.link('/installed', '/tree/other/file');
      await disk.sync('/tree');
    },
    leaves: { '/tree/below/file': 'content', '/tree/other/file': 'linked' },
  },
  {
    name: 'sync of one file',
    before: (disk) => disk.write('/log', 'one\n', 0o644),
    act: async (disk) => {
      await disk.append('/log', 'two\n');
      await disk.sync('/log');
    },
    leaves: { '/log': 'one\ntwo\n' },
  },
  {
    name: 'sync of a copied tree',
    before: (disk) => disk.write('/tree/below/file', 'content', 0o755),
    act: async (disk) => {
      await disk.makeDirectory('/kept');
      await disk.copy('/tree', '/kept/tree');
      await disk.sync('/kept');
    },
    leaves: { '/kept/tree/below/file': 'content' },
  },
];

async function found(disk: Disk, path: string): Promise<string | undefined> {
  const entry = await disk.lstat(path);
  if (entry?.kind === 'directory') return 'a directory';
  if (entry?.kind === 'symlink') return `-> ${(await disk.readLink(path)) ?? ''}`;
  const bytes = await disk.read(path, 1024);
  return bytes && new TextDecoder().decode(bytes);
}

describe('what was acknowledged', () => {
  it.each(CASES)('$name', async ({ before, act, leaves }) => {
    const seed = crashSeed();
    const random = createRandom(seed);
    const memory = createMemoryDisk();
    await before?.(memory.disk);
    await act(memory.disk);
    for (let cut = 0; cut < CUTS; cut += 1) {
      const { disk } = memory.crash(random);
      const names = Object.keys(leaves);
      const contents = await Promise.all(names.map((path) => found(disk, path)));
      const left = Object.fromEntries(names.map((path, index) => [path, contents[index]]));
      expect({ seed, cut, left }).toEqual({ seed, cut, left: leaves });
    }
  });
});
