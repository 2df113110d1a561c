/**
 * That the rig bites: under the same cuts a program that renames without a sync loses what it had told of, and one that
 * syncs file and directory loses nothing.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startRun, writer } from './cut-power.ts';
import { createLoopDisks, BARE_EXT4, reasonAgainst } from './loop-disk.ts';
import { createRandom, crashSeed } from './tally.ts';

const CUTS = 20;
const LONGEST_GAP_MS = 20;
/** Rigs in which a busy machine may let the program do nothing between two cuts. */
const MOST_RIGS = 10;

const reason = reasonAgainst(BARE_EXT4);
if (reason !== undefined) process.stderr.write(`no control of the power cuts: ${reason}\n`);

const isWord = (said: string): boolean => said !== '';

/** What is wrong with the file after each cut: undefined where it holds a number, whole and no older than the last told. */
async function cutWriter(how: 'careful' | 'careless'): Promise<readonly (string | undefined)[]> {
  const random = createRandom(crashSeed());
  const disks = createLoopDisks();
  try {
    const image = disks.path('image');
    disks.format(BARE_EXT4, image);
    const disk = disks.mount(BARE_EXT4, image);
    const args = writer(join(disk.root, 'file'), how);
    const run = await startRun({ disk, args, hasBegun: isWord, isNoisy: true });
    const cuts = [];
    try {
      for (let count = 0; count < CUTS; count += 1) {
        cuts.push(await run.cutAfter(random() * LONGEST_GAP_MS, disks.path(`cut-${count}`)));
      }
    } finally {
      await run.stop();
    }
    disk.unmount();
    return cuts.map((cut) => {
      const copy = disks.mount(BARE_EXT4, cut.image);
      const wrong = wrongWith(join(copy.root, 'file'), cut.said);
      copy.unmount();
      return wrong;
    });
  } finally {
    disks.close();
  }
}

function wrongWith(path: string, said: string): string | undefined {
  if (!existsSync(path)) return 'missing';
  const words = new Set(readFileSync(path, 'utf8').trim().split(' '));
  const [word = ''] = words;
  if (words.size !== 1 || !/^\d+$/.test(word)) return 'damaged';
  return Number(word) < Number(said.trim().split('\n').at(-1)) ? 'stale' : undefined;
}

it.skipIf(reason !== undefined)('finds what a careless program loses in a power cut', async () => {
  const seen: (string | undefined)[] = [];
  for (let rig = 0; rig < MOST_RIGS && !seen.includes('damaged'); rig += 1) {
    seen.push(...(await cutWriter('careless')));
  }
  expect(seen).toContain('damaged');
});

it.skipIf(reason !== undefined)('finds nothing wrong with a careful one', async () => {
  expect(await cutWriter('careful')).toEqual(Array.from({ length: CUTS }, () => undefined));
});
