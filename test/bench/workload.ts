/**
 * What is updated: generated trees of a few sizes, versions of published packages, and how much of them a release changes. Data
 * only; what stands in the files is the business of `tree.ts` and `packages.ts`.
 */

/**
 * `typical`: a few files, of generated trees 3 %, renamed and slightly edited as a bundler does; of a package what its next
 * version changes. `all`: every file has other content. `none`: the newest release is installed already.
 */
export const CHANGES = ['typical', 'all', 'none'] as const;
export type Change = (typeof CHANGES)[number];

/** What lies between server and device; both directions have the same rate. */
export interface Link {
  readonly megabitsPerSecond: number;
  readonly roundTripMs: number;
}

/** What the device's disk lies on: requests are answered one after the other, reads and writes have the same rate. */
export interface Card {
  readonly megabytesPerSecond: number;
  /** What each request takes besides its bytes. */
  readonly readMs: number;
  readonly writeMs: number;
}

export const GROUPS = ['generated', 'card', 'real', 'slope'] as const;

interface Measured {
  readonly name: string;
  /** By which several are chosen at once, and tables are ordered. */
  readonly group: (typeof GROUPS)[number];
  readonly changes: readonly Change[];
  /** Names; undefined: all of them. */
  readonly peers?: readonly string[];
  /** Most often so many. */
  readonly rounds: number;
  /** After so many nothing more is measured than what is needed once, unless the person says otherwise. */
  readonly seconds: number;
  /** Of all files together; what comes out is within a few per cent of it. */
  readonly bytes: number;
  /** For the filesystem of the device: old and new tree, and what the plan's script needs beside them. */
  readonly diskMegabytes: number;
  /** Undefined: memory. */
  readonly card?: Card;
}

export interface GeneratedWorkload extends Measured {
  readonly files: number;
  /** What a typical change edits, the index included. Without it 3 % of the files, the largest script among them. */
  readonly changed?: number;
  /** Of the largest script. */
  readonly entryBytes?: number;
  /** What the files follow from; those of one family begin with the same ones. */
  readonly family?: string;
}

/** Two published versions of a package of the npm registry: everything that is in it, as it is. */
export interface PackageWorkload extends Measured {
  readonly package: string;
  readonly versions: readonly [before: string, after: string];
  /** Undefined: nothing but the loopback interface. */
  readonly link: Link | undefined;
}

export type Workload = GeneratedWorkload | PackageWorkload;

const MB = 1_000_000;

const GENERATED = { group: 'generated', changes: CHANGES, rounds: 5 } as const;

export const WORKLOADS = {
  /** For trying the bench itself. */
  XS: { ...GENERATED, name: 'XS', files: 20, bytes: 0.4 * MB, diskMegabytes: 64, seconds: 60 },
  S: { ...GENERATED, name: 'S', files: 300, bytes: 6 * MB, diskMegabytes: 192, seconds: 110 },
  M: { ...GENERATED, name: 'M', files: 3000, bytes: 80 * MB, diskMegabytes: 768, seconds: 270 },
  L: { ...GENERATED, name: 'L', files: 6000, bytes: 600 * MB, diskMegabytes: 4096, seconds: 420 },
} as const satisfies Record<string, GeneratedWorkload>;

/**
 * Cards of the Application Performance Class A1 of the SD Association promise 500 writes a second at random, 1,500 reads, and
 * 10 MB/s in sequence; of the latter good ones do twice that.
 */
const CARD: Card = { megabytesPerSecond: 20, readMs: 1, writeMs: 2 };

/** Slow enough without those that are there to show what a form of release costs. */
const ON_CARD = {
  card: CARD,
  rounds: 3,
  peers: ['naive', 'ostree', 'casync', 'rsync', 'pikit', 'pikit-awake'],
} as const;

/** The same trees as without. */
const CARDS: readonly GeneratedWorkload[] = [WORKLOADS.S, WORKLOADS.M].map((of) => ({
  ...of,
  ...ON_CARD,
  group: 'card',
  changes: ['typical'],
  name: `${of.name}-card`,
  family: of.name,
}));

const LINK: Link = { megabitsPerSecond: 20, roundTripMs: 40 };

/** Directly, over the link, and over the link to a card. `bytes` is for finding room, and may be more than there is. */
export function packageWorkloads(
  name: string,
  packageName: string,
  versions: PackageWorkload['versions'],
): readonly PackageWorkload[] {
  const real = {
    group: 'real',
    changes: ['typical'],
    package: packageName,
    versions,
    rounds: 5,
    seconds: 60,
    bytes: 40 * MB,
    diskMegabytes: 384,
  } as const;
  return [
    { ...real, name, link: undefined },
    { ...real, name: `${name}-link`, link: LINK },
    { ...real, ...ON_CARD, name: `${name}-home`, link: LINK },
  ];
}

/** The next pair of versions is another row here; a pair for once is `--package`. */
const REAL = [
  ...packageWorkloads('homebridge', 'homebridge-config-ui-x', ['4.71.2', '4.72.0']),
  ...packageWorkloads('zigbee2mqtt', 'zigbee2mqtt-frontend', ['0.9.19', '0.9.21']),
];

/** Small files, because here it is their number that counts. */
const SLOPE_SIZES = { file: 4000, entry: 400_000 };

/** The first files of each are the same, and so is what is edited in them. */
function slopeWorkload(files: number, changed: number): GeneratedWorkload {
  return {
    name: `${String(changed)}-of-${String(files)}`,
    group: 'slope',
    changes: ['typical'],
    peers: ['naive', 'ostree', 'pikit'],
    rounds: 3,
    seconds: 20 + files / 125,
    files,
    changed,
    family: 'slope',
    entryBytes: SLOPE_SIZES.entry,
    bytes: files * SLOPE_SIZES.file + SLOPE_SIZES.entry,
    diskMegabytes: 128 + files / 10,
  };
}

/** A constant change in releases that grow, and changes that grow in a constant release. */
export const SLOPE = { changed: 9, files: 3000 } as const;
const SLOPES = [
  ...[300, 1000, 3000, 10_000].map((files) => slopeWorkload(files, SLOPE.changed)),
  ...[90, 900].map((changed) => slopeWorkload(SLOPE.files, changed)),
];

/** In the order in which they are measured and shown. */
export const ALL_WORKLOADS: readonly Workload[] = [
  ...Object.values(WORKLOADS),
  ...CARDS,
  ...REAL,
  ...SLOPES,
];
