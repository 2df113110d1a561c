/**
 * Names that were given or taken and are not yet certain to be on the medium. A sync of a directory makes its changes
 * durable with all earlier ones that they build on; of the rest a power cut leaves any part in which no change is there
 * without those before it on the same name. A rename is one change, also across directories, as on every journaling
 * filesystem.
 */
import { tick, type Counters, type DirectoryNode, type Node } from './nodes.ts';

/** One name of one directory from now on; undefined: free. */
interface Naming {
  readonly directory: DirectoryNode;
  readonly name: string;
  readonly node: Node | undefined;
}

/** Namings that happen together or not at all. */
export type Change = readonly Naming[];

export interface NameChanges {
  /** Takes effect at once for everybody who looks. */
  readonly apply: (...change: Change) => void;
  readonly sync: (directory: DirectoryNode) => void;
  /** A power cut: some of the changes that nobody synced reach the medium after all, the others are forgotten. */
  readonly cut: (random: () => number) => void;
  /** What nobody synced yet, oldest first. */
  readonly pending: () => readonly Change[];
}

export function createNameChanges(
  counters: Counters,
  initial: readonly Change[] = [],
): NameChanges {
  let pending = initial;
  return {
    apply(...change) {
      for (const naming of change) name(counters, naming);
      pending = [...pending, change];
    },
    sync(directory) {
      const durable = withForerunners(pending, (change) =>
        change.some((naming) => naming.directory === directory),
      );
      for (const change of pending.filter((each) => durable.has(each))) settle(change);
      pending = pending.filter((each) => !durable.has(each));
      directory.durableAttributes = directory.attributes;
    },
    cut(random) {
      const gone: Change[] = [];
      for (const change of pending) {
        const isBaseless = gone.some((earlier) => share(earlier, change));
        if (!isBaseless && random() < 0.5) settle(change);
        else gone.push(change);
      }
      pending = [];
    },
    pending: () => pending,
  };
}

function name(counters: Counters, { directory, name, node }: Naming): void {
  const before = directory.entries.get(name);
  const now = tick(counters);
  if (before !== undefined) {
    before.links -= 1;
    before.ctimeNs = now;
    directory.entries.delete(name);
  }
  if (node !== undefined) {
    node.links += 1;
    node.ctimeNs = now;
    directory.entries.set(name, node);
  }
  directory.attributes = { ...directory.attributes, mtimeNs: now };
  directory.ctimeNs = now;
}

function settle(change: Change): void {
  for (const { directory, name, node } of change) {
    if (node === undefined) directory.durableEntries.delete(name);
    else directory.durableEntries.set(name, node);
  }
}

/** Those that `isWanted` and, transitively, every earlier one that touches a name of theirs. */
function withForerunners(
  changes: readonly Change[],
  isWanted: (change: Change) => boolean,
): ReadonlySet<Change> {
  const found = new Set<Change>();
  for (const change of changes.toReversed()) {
    if (isWanted(change) || [...found].some((later) => share(change, later))) found.add(change);
  }
  return found;
}

function share(a: Change, b: Change): boolean {
  return a.some((one) =>
    b.some((other) => one.directory === other.directory && one.name === other.name),
  );
}
