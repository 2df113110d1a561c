/**
 * A file that is as slow as an SD card: each request waits, one after the other, and bytes have a rate. What stands in it lies in
 * another file. nbdkit makes the delays; nothing here knows what is stored.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { waitFor } from '../support/wait-for.ts';
import { run } from './programs.ts';
import type { Card } from './workload.ts';

/** Without them there is no card. */
export const CARD_PROGRAMS = ['nbdkit', 'nbdfuse', 'fusermount3'];

const BITS_PER_MEGABYTE = 8_000_000;
/** The longest rest that is made up for afterwards. As short as it may be: a card does not save up. */
const BURST_SECONDS = 0.1;

export interface InsertedCard {
  /** A file of the image's size. */
  readonly file: string;
  /** The file must not be in use any more. */
  readonly eject: () => Promise<void>;
}

/** Rejects when the programs are missing, or there is no FUSE. The image must not be written by anybody else meanwhile. */
export async function insertCard(image: string, card: Card): Promise<InsertedCard> {
  const [file, ready] = [`${image}.card`, `${image}.ready`];
  await rm(ready, { force: true });
  await writeFile(file, '');
  const child = spawn(
    'nbdfuse',
    ['-P', ready, file, '--command', 'nbdkit', ...slowed(image, card)],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const ended = once(child, 'exit');
  await waitFor('the card', () => existsSync(ready) || child.exitCode !== null);
  if (child.exitCode !== null) throw new Error('nbdfuse could not make a slow file');
  return {
    file,
    async eject() {
      await run('fusermount3', ['-u', file]);
      await ended;
    },
  };
}

/** The first filter is asked first: it lets one request in at a time. */
function slowed(image: string, { megabytesPerSecond, readMs, writeMs }: Card): readonly string[] {
  return [
    '-s',
    '--exit-with-parent',
    '--filter=noparallel',
    '--filter=rate',
    '--filter=delay',
    'file',
    `file=${image}`,
    'serialize=all-requests',
    `rate=${String(megabytesPerSecond * BITS_PER_MEGABYTE)}`,
    `burstiness=${String(BURST_SECONDS)}`,
    `rdelay=${String(readMs)}ms`,
    `wdelay=${String(writeMs)}ms`,
  ];
}
