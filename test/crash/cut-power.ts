/**
 * A program on a mounted image, and copies of the image at instants that the caller chooses, as power cuts would leave it.
 * The program stands still during each copy and then goes on, so that one run serves many cuts.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastWords, startChild, type Child } from '../support/child.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import type { Mounted } from './loop-disk.ts';

/** `careful` or `careless`, see there. */
export const writer = (file: string, how: 'careful' | 'careless'): readonly string[] => [
  join(repositoryRoot(), 'test/crash/writer.mjs'),
  file,
  how,
];

export interface Cut {
  readonly image: string;
  /** How long the program had run since it had begun. */
  readonly instantMs: number;
  /** What had been heard of it by then. */
  readonly said: string;
  readonly hasEnded: boolean;
}

interface Run {
  /** Cuts once the program has run for so long since the last cut, or has ended. */
  readonly cutAfter: (ms: number, image: string) => Promise<Cut>;
  readonly stop: () => Promise<void>;
}

interface Options {
  readonly disk: Mounted;
  /** For Node. */
  readonly args: readonly string[];
  /** True from the moment in which the time counts; gets what has been heard of the program. */
  readonly hasBegun: (said: string) => boolean;
  /** Whether another program makes its own files durable meanwhile, and with them whatever the filesystem ties to them. */
  readonly isNoisy: boolean;
}

const LONGEST_MS = 60_000;

const start = (name: string, args: readonly string[]): Child =>
  startChild({ name, args, env: process.env });

/** Resolves when the program has begun; the caller stops it whatever happens. */
export async function startRun({ disk, args, hasBegun, isNoisy }: Options): Promise<Run> {
  const noise = isNoisy ? [start('noise', writer(join(disk.root, 'noise'), 'careful'))] : [];
  const program = start('program', args);
  const everybody = [program, ...noise];
  const stop = async (): Promise<void> => {
    for (const child of everybody) await child.kill();
  };
  const hasEnded = (): boolean => program.ended() !== undefined;
  try {
    await until(() => hasBegun(program.output()) || hasEnded(), program);
  } catch (error) {
    await stop();
    throw error;
  }
  let ranMs = 0;

  const cutAfter: Run['cutAfter'] = async (ms, image) => {
    const went = performance.now();
    await until(() => performance.now() - went >= ms || hasEnded(), program);
    ranMs += performance.now() - went;
    for (const child of everybody) signal(child, 'SIGSTOP');
    const cut = { image, instantMs: ranMs, said: program.output(), hasEnded: hasEnded() };
    copyAtRest(disk, image);
    for (const child of everybody) signal(child, 'SIGCONT');
    return cut;
  };
  return { cutAfter, stop };
}

/** What was on its way to the disk when the program stopped arrives within a few copies. */
function copyAtRest(disk: Mounted, image: string): void {
  for (let tries = 0; tries < 100; tries += 1) if (disk.copyImage(image)) return;
  throw new Error('the disk never stood still');
}

/** To the whole group, and to nobody once it is gone. */
function signal(child: Child, name: NodeJS.Signals): void {
  if (child.ended() !== undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // because it ended a moment ago and its last words are still on their way
  }
}

/** Looks each millisecond or so: random enough, and it leaves the processor to the program. */
async function until(isSo: () => boolean, program: Child): Promise<void> {
  const deadline = performance.now() + LONGEST_MS;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${lastWords(program)}`);
    await sleep(1);
  }
}
