/** What the targets of the config must look like for a release tree: symlinks and copies, as data. Touches nothing. */
import { UpdateError } from '@pikit/protocol';
import { CURRENT } from './layout.ts';
import { namesIn, type Contents, type ReleaseLink } from './release-links.ts';
import { parentsOf } from './release-path.ts';

export const TARGET_KINDS = ['directory', 'file', 'merge'] as const;

export interface Target {
  /** Path in the release, without a trailing slash. */
  readonly from: string;
  /** Absolute path on the device, without a trailing slash. */
  readonly to: string;
  readonly kind: (typeof TARGET_KINDS)[number];
  /** Real files instead of symlinks; never for `directory`, which could not be switched at once. */
  readonly copy: boolean;
  /** Copies that the owner may edit; then `copy` is true. */
  readonly config?: boolean;
}

/** One name on the device: `at` is a symlink through `current`, or a copy of the release's file `from`. */
export interface Placement {
  readonly at: string;
  readonly from: string;
}

export interface ActivationPlan {
  readonly links: readonly Placement[];
  readonly copies: readonly Placement[];
  /** Copies of `config` targets: merged with the owner's edits. */
  readonly configs: readonly Placement[];
}

/** Every name that a release takes. */
export function namesOf({ links, copies, configs }: ActivationPlan): readonly Placement[] {
  return [...links, ...copies, ...configs];
}

/** Empty for nothing: then every target is to be taken away. A link of the release is placed as a file is, never copied. */
export function planActivation(
  targets: readonly Target[],
  contents: Contents | undefined,
): ActivationPlan {
  const links: Placement[] = [];
  const copies: Placement[] = [];
  const configs: Placement[] = [];
  for (const target of targets) {
    const places = target.config === true ? configs : target.copy ? copies : links;
    const { files = [], links: own } = contents ?? {};
    places.push(...placementsOf(target, target.copy ? files : namesIn({ files, links: own })));
  }
  return { links, copies, configs };
}

function placementsOf(
  target: Target,
  names: readonly { readonly path: string }[],
): readonly Placement[] {
  const inside = names.filter(({ path }) => belongsTo(target, path));
  if (inside.length === 0) return [];
  if (target.kind !== 'merge') return [{ at: target.to, from: target.from }];
  return inside.map(({ path }) => ({
    at: `${target.to}/${path.slice(target.from.length + 1)}`,
    from: path,
  }));
}

/** Throws `manifest-invalid` for a link that could only be a copy, and for one in the place of a target's directory. */
export function assertPlaceable(
  targets: readonly Target[],
  links: readonly ReleaseLink[] | undefined = [],
): void {
  for (const { path } of links) {
    for (const target of targets) {
      const { from, to, kind, copy } = target;
      const isAbove = from.startsWith(`${path}/`) || (from === path && kind !== 'file');
      const reason = isAbove
        ? `a link cannot be the directory of the target ${to}`
        : copy && belongsTo(target, path)
          ? `a link cannot be copied to ${to}`
          : undefined;
      if (reason === undefined) continue;
      throw new UpdateError('manifest-invalid', `${path}: ${reason}`, {
        details: { where: path, reason },
      });
    }
  }
}

/** Throws `manifest-invalid` when two files of a release would be placed under one name, or one below the other. */
export function assertDistinct(plan: ActivationPlan): void {
  const taken = new Map<string, string>();
  for (const { at, from } of namesOf(plan)) {
    const other = taken.get(at);
    if (other !== undefined) throw inTheWay(from, other, at);
    taken.set(at, from);
  }
  for (const [at, from] of taken) {
    for (const parent of parentsOf(at)) {
      const other = taken.get(parent);
      if (other !== undefined) throw inTheWay(from, other, parent);
    }
  }
}

/**
 * Throws `incompatible`: a mount at or below a name cannot be moved aside, and what is mounted there belongs to somebody.
 */
export function assertNoMount(plan: ActivationPlan, mounts: readonly string[]): void {
  for (const { at } of namesOf(plan)) {
    const mount = mounts.find((point) => point === at || point.startsWith(`${at}/`));
    if (mount === undefined) continue;
    throw new UpdateError('incompatible', `${mount} is mounted in the place of a target`, {
      details: { what: 'no mount at or below', required: at, found: mount },
    });
  }
}

function inTheWay(from: string, other: string, at: string): UpdateError {
  return new UpdateError('manifest-invalid', `${from} and ${other} would both need ${at}`, {
    details: { where: from, reason: `would replace ${other} at ${at}` },
  });
}

/** The target that a placement comes from: just the one that puts this path there, as another may take the same files. */
export function targetOf(targets: readonly Target[], { at, from }: Placement): Target | undefined {
  return targets.find((target) =>
    target.kind === 'merge'
      ? belongsTo(target, from) && at === `${target.to}${from.slice(target.from.length)}`
      : target.from === from && target.to === at,
  );
}

export function belongsTo(target: Target, path: string): boolean {
  return target.kind === 'file' ? path === target.from : path.startsWith(`${target.from}/`);
}

export function linkText(placement: Placement): string {
  return `${CURRENT}/${placement.from}`;
}

/**
 * Names that other installed trees placed and this one does not: to be removed if they are still ours. Which
 * configuration files go is decided where they are merged.
 */
export function obsoletePlacements(
  wanted: ActivationPlan,
  others: readonly ActivationPlan[],
): Pick<ActivationPlan, 'links' | 'copies'> {
  const kept = new Set(namesOf(wanted).map(({ at }) => at));
  const surplus = (placements: readonly Placement[]): readonly Placement[] => [
    ...new Map(
      placements
        .filter(({ at }) => !kept.has(at))
        .map((placement) => [`${placement.at}\0${placement.from}`, placement]),
    ).values(),
  ];
  return {
    links: surplus(others.flatMap(({ links }) => links)),
    copies: surplus(others.flatMap(({ copies }) => copies)),
  };
}
