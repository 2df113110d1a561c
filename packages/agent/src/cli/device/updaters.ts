/** Looks at both places where the updater's programs may lie, and asks the launcher which it takes. Changes nothing. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BroughtUpdater, UpdaterFacts } from '../doctor/updater.ts';
import { runProgram } from './program.ts';
import { readSmall } from './records.ts';

const INSTALLED = 'usr/lib/pikit';
const RELEASE = 'usr/local/lib/pikit/lib';
const PROGRAMS = ['pikit-agent.mjs', 'pikit-rpc.mjs', 'pikit-api.mjs'] as const;
const TIMEOUT_MS = 10_000;

/** Undefined where nothing is installed, as in a sandbox. */
export async function readUpdaters(root: string): Promise<UpdaterFacts | undefined> {
  const launcher = join(root, INSTALLED, 'start');
  if (!(await isThere(launcher))) return undefined;
  const { stdout } = await runProgram(launcher, ['--which', 'agent'], TIMEOUT_MS);
  return {
    chosen: placeOf(stdout.trim()),
    installed: await versionIn(join(root, INSTALLED)),
    release: await readRelease(join(root, RELEASE)),
  };
}

function placeOf(program: string): UpdaterFacts['chosen'] {
  const [name] = PROGRAMS;
  if (program.endsWith(`/${RELEASE}/${name}`)) return 'release';
  return program.endsWith(`/${INSTALLED}/${name}`) ? 'installed' : undefined;
}

async function readRelease(place: string): Promise<BroughtUpdater | undefined> {
  if (!(await isThere(place))) return undefined;
  const there = await Promise.all(PROGRAMS.map((name) => isThere(join(place, name))));
  const missing = PROGRAMS.filter((_, index) => !there[index]);
  return { version: await versionIn(place), missing };
}

async function versionIn(place: string): Promise<string | undefined> {
  const bytes = await readSmall(join(place, 'version'));
  const [line = ''] = new TextDecoder()
    .decode(bytes instanceof Uint8Array ? bytes : undefined)
    .split('\n');
  return /^\d[\dA-Za-z.~+-]*$/.exec(line)?.[0];
}

/** Through a link. */
async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
