/**
 * What a release leaves on a device under a configuration whose targets come, go and move, told a second time: each name, and whether it
 * leads to the release that runs or is a copy. What no target of the configuration names any more is left alone.
 */
import { linkText, type Target } from '../../packages/agent/src/core/activation-plan.ts';
import type { Disk } from '../../packages/agent/src/ports.ts';
import { TARGETS } from '../../packages/agent/test/support/workbench.ts';

export interface SourceFile {
  readonly content: string;
  /** Octal. */
  readonly mode: string;
}

/** By the path in the release; a link of it is what it leads to. */
export type ReleaseContents = ReadonlyMap<string, SourceFile>;

/** A name on the device; without a copy it is a link to what the release that runs has there. */
export interface Placed {
  readonly at: string;
  readonly from: string;
  readonly copy?: SourceFile;
}

/** What an owner may do to each target; undefined: takes it away. */
const CHOICES: Readonly<Record<string, readonly (Partial<Target> | undefined)[]>> = {
  'pikit-web': [{}, { to: '/srv/dashboard' }, undefined],
  'pikit-api.py': [{}, { copy: true }, undefined],
  bin: [{}, { to: '/opt/tools' }, undefined],
  cron: [{}, { to: '/etc/cron.daily' }, { copy: false }, undefined],
};

/** Each directory in which names of a release may lie, by where they lie in the release. */
export const TARGET_PLACES: readonly (readonly [from: string, to: string])[] = TARGETS.flatMap(
  ({ from, to }) => (CHOICES[from] ?? []).map((choice) => [from, choice?.to ?? to] as const),
);

/** The targets after a change of one of them. */
export function reconfigured(targets: readonly Target[], chance: number): readonly Target[] {
  const base = TARGETS[chance % TARGETS.length];
  if (base === undefined) return targets;
  const choices = CHOICES[base.from] ?? [];
  const choice = choices[Math.floor(chance / TARGETS.length) % choices.length];
  const others = targets.filter(({ from }) => from !== base.from);
  return choice === undefined ? others : [...others, { ...base, ...choice }];
}

/** What that release places; what the owner may edit is none of it, unless that is what is asked for. */
export function placedBy(
  contents: ReleaseContents,
  targets: readonly Target[],
  isConfig = false,
): readonly Placed[] {
  const placed: Placed[] = [];
  for (const { from, to, kind, copy, config = false } of targets) {
    if (config !== isConfig) continue;
    const inside = [...contents].filter(([path]) => isWithin(path, from));
    const [first] = inside;
    const names = kind === 'merge' || first === undefined ? inside : [[from, first[1]] as const];
    for (const [path, file] of names) {
      const entry = { at: to + path.slice(from.length), from: path };
      placed.push(copy ? { ...entry, copy: file } : entry);
    }
  }
  return placed;
}

/**
 * After that release was switched to. `installed`: all whose names the device still knows, it too. `aside`: copies that it does not know
 * for its own any more, and that had to make way.
 */
export function switched(
  before: readonly Placed[],
  to: ReleaseContents,
  installed: readonly ReleaseContents[],
  targets: readonly Target[],
): { readonly placed: readonly Placed[]; readonly aside: readonly string[] } {
  const wanted = placedBy(to, targets);
  const known = installed.flatMap((contents) => placedBy(contents, targets));
  const unknown = before.filter((one) => !known.some((other) => isOurs(one, other)));
  const mustGo = (one: Placed) => wanted.some((other) => isInTheWay(one.at, other.at));
  const aside = unknown.filter((one) => one.copy !== undefined && mustGo(one));
  return {
    placed: [...wanted, ...unknown.filter((one) => !mustGo(one))],
    aside: aside.map(({ at }) => at),
  };
}

/** What a program finds at each name. */
export function shownBy(
  placed: readonly Placed[],
  running: ReleaseContents,
): ReadonlyMap<string, string> {
  const shown = new Map<string, string>();
  for (const { at, from, copy } of placed) {
    if (copy !== undefined) {
      shown.set(at, copy.content);
      continue;
    }
    for (const [path, { content }] of running) {
      if (isWithin(path, from)) shown.set(at + path.slice(from.length), content);
    }
  }
  return shown;
}

/** Those of them that are there, as what they are. */
export async function standing(disk: Disk, placed: readonly Placed[]): Promise<readonly Placed[]> {
  const stands = async ({ at, from, copy }: Placed): Promise<boolean> => {
    if (copy === undefined) return (await disk.readLink(at)) === linkText({ at, from });
    const entry = await disk.lstat(at);
    if (entry?.kind !== 'file' || entry.mode !== Number.parseInt(copy.mode, 8)) return false;
    return new TextDecoder().decode(await disk.read(at, 4096)) === copy.content;
  };
  const found = await Promise.all(placed.map(stands));
  return placed.filter((_, index) => found[index]);
}

export function isAllPlaced(wanted: readonly Placed[], placed: readonly Placed[]): boolean {
  const found = new Set(placed.map(textOf));
  return wanted.every((one) => found.has(textOf(one)));
}

const textOf = ({ at, from, copy }: Placed): string => JSON.stringify([at, from, copy]);

function isOurs(one: Placed, known: Placed): boolean {
  if (one.at !== known.at || (one.copy === undefined) !== (known.copy === undefined)) return false;
  return one.copy === undefined
    ? one.from === known.from
    : one.copy.content === known.copy?.content;
}

/** One cannot stand while the other does. */
export function isInTheWay(one: string, other: string): boolean {
  return isWithin(one, other) || isWithin(other, one);
}

export function isWithin(path: string, upper: string): boolean {
  return `${path}/`.startsWith(`${upper}/`);
}
