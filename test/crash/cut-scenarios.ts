/**
 * What the power is cut during: a first install, an update, a roll-back, each with an image of the device just before it.
 * Every image has both releases at its source, so that there is a next command whatever a cut leaves.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { JOURNAL_FILE } from '../../packages/agent/src/core/layout.ts';
import type { BuiltRelease } from '../support/bundle-builder.ts';
import type { Kind, LoopDisks } from './loop-disk.ts';
import { OLD, sideOf } from './sides.ts';
import { commands, laySmallDevice, publishOn } from './small-device.ts';
import type { Side } from './verdict.ts';

export interface Scenario {
  readonly name: string;
  readonly image: string;
  readonly args: (root: string) => readonly string[];
  /** From when on the disk changes. */
  readonly hasBegun: (root: string, said: string) => boolean;
  readonly before: Side;
  readonly after: Side;
}

export interface Scenarios {
  readonly all: readonly Scenario[];
  /** What the owner of a device that shows this may ask for next, and what it shall show then. */
  readonly nextAfter: (side: Side) => Pick<Scenario, 'args' | 'after'>;
}

const LONGEST_MS = 60_000;

const hasJournal = (root: string): boolean => existsSync(join(root, JOURNAL_FILE));

/** Runs the agent to its end. `said` is its result, or its complaint when it fails. */
export async function runAgent(args: readonly string[]): Promise<{ code: unknown; said: string }> {
  try {
    const options = { timeout: LONGEST_MS };
    const { stdout } = await promisify(execFile)(process.execPath, args, options);
    return { code: 0, said: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown; stdout: string; stderr: string };
    return { code, said: `${stdout}\n${stderr}` };
  }
}

/** Each of them can follow the one before it, and what one leaves another begins with. */
export async function prepareScenarios(disks: LoopDisks, kind: Kind): Promise<Scenarios> {
  const image = (name: string): string => disks.path(`${name}.image`);
  const on = async <T>(path: string, work: (root: string) => Promise<T>): Promise<T> => {
    const disk = disks.mount(kind, path);
    try {
      return await work(disk.root);
    } finally {
      disk.unmount();
    }
  };
  const applyOn = (path: string, release: BuiltRelease): Promise<void> =>
    on(path, async (root) => {
      const { code, said } = await runAgent(commands.apply(root, release));
      if (code !== 0) throw new Error(`cannot prepare ${path}: ${said}`);
    });

  disks.format(kind, image('old'));
  const [first, second] = await on(image('old'), async (root) => {
    await laySmallDevice(root);
    return [await publishOn(root, '1.1.0'), await publishOn(root, '1.2.0')] as const;
  });
  disks.copy(image('old'), image('first'));
  await applyOn(image('first'), first);
  disks.copy(image('first'), image('second'));
  await applyOn(image('second'), second);

  const [one, two] = [sideOf('1.1.0'), sideOf('1.2.0')];
  const install: Scenario = {
    name: 'first install',
    image: image('old'),
    args: (root) => commands.apply(root, first),
    hasBegun: hasJournal,
    before: OLD,
    after: one,
  };
  const update: Scenario = {
    name: 'update',
    image: image('first'),
    args: (root) => commands.apply(root, second),
    hasBegun: hasJournal,
    before: one,
    after: two,
  };
  const rollback: Scenario = {
    name: 'roll-back',
    image: image('second'),
    args: commands.rollback,
    hasBegun: hasJournal,
    before: two,
    after: one,
  };
  const all = [install, update, rollback];
  return { all, nextAfter: (side) => all.find(({ before }) => before === side) ?? update };
}

/** The recovery of what a cut left unfinished. `image` is that cut's. */
export function recoveryOf(scenario: Scenario, image: string): Scenario {
  return {
    ...scenario,
    name: `recovery of the ${scenario.name}`,
    image,
    args: commands.recover,
    hasBegun: (_root, said) => said.includes('cut off in'),
  };
}
