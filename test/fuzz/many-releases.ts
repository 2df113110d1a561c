/**
 * Releases of the small dashboard that differ in every way in which releases may: files that come, go, keep their content
 * under another name or change their mode, that become directories and links, and back. Drawn from one number, built by `tar`.
 */
import type { Target } from '../../packages/agent/src/core/activation-plan.ts';
import type { FileSource, ReleaseRecipe } from '../support/bundle-builder.ts';
import { createRandom } from '../crash/tally.ts';
import { OLD, OLD_FILES, PATHS } from '../crash/sides.ts';
import type { Shown, Side } from '../crash/verdict.ts';

const [PAGE, API, HELPER, CRON] = [
  'pikit-web/index.html',
  'pikit-api.py',
  'bin/pikit-helper',
  'cron/pikit',
] as const;

/** Every release has it, and the same. */
export const PICTURE = 'pikit-web/assets/logo.svg';

/** Of each of these a release has one or none; what excludes each other stands in one row. */
const CHOICES: readonly (readonly string[])[] = [
  ['pikit-web/a', 'pikit-web/a/x', 'pikit-web/a/x/deep'],
  ['pikit-web/b/y', 'pikit-web/b'],
  ['pikit-web/.well-known/z'],
  ['bin/tool', 'bin/tool/x'],
  ['bin/other'],
  ['cron/more', 'cron/more/job'],
  ['conf/app.conf'],
];
/** The owner may edit it, once it is there or before. */
export const CONFIG_FILE = '/etc/dashboard/app.conf';
export const CONFIG_TARGET: Target = {
  from: 'conf',
  to: '/etc/dashboard',
  kind: 'merge',
  copy: true,
  config: true,
};

const LINKS: readonly (readonly [string, string])[] = [
  ['pikit-web/latest.html', 'index.html'],
  ['pikit-web/c', 'assets'],
  ['bin/alias', 'pikit-helper'],
];

const DEVICE_PATHS: readonly (readonly [string, string])[] = [
  ['pikit-web/', '/var/www/pikit-web/'],
  ['pikit-api.py', '/usr/local/bin/pikit-api.py'],
  ['bin/', '/usr/local/bin/'],
  ['cron/', '/etc/cron.d/'],
  ['conf/', '/etc/dashboard/'],
];

const onDevice = (path: string): string => {
  const [from, to] = DEVICE_PATHS.find(([start]) => path.startsWith(start)) ?? ['', '/'];
  return to + path.slice(from.length);
};

/** The owner's, in directories that releases share with others: path, content, mode. */
export const FOREIGN_FILES: readonly (readonly [string, string, number])[] = [
  ['/usr/local/bin/mine', 'mine', 0o755],
  ['/etc/cron.d/mine', '# mine', 0o644],
];

/** All names that any of them takes on the device, and those that none may touch. */
export const UNIVERSE: readonly string[] = [
  ...FOREIGN_FILES.map(([path]) => path),
  ...PATHS,
  ...CHOICES.flat().map(onDevice),
  ...LINKS.map(([path]) => onDevice(path)),
  `${onDevice(CRON)}/job`,
];

export interface ManyReleases {
  readonly recipes: readonly ReleaseRecipe[];
  /** By version; also that of the old files. */
  readonly sides: ReadonlyMap<string, Side>;
}

export function drawReleases(seed: number, count: number): ManyReleases {
  const random = createRandom(seed);
  const recipes = Array.from({ length: count }, (_, index) =>
    drawRelease(`1.${String(index + 1)}.0`, random),
  );
  const old: Side = {
    ...OLD,
    shown: showing(new Map(OLD_FILES.map(([path, content]) => [path, content]))),
  };
  const sides = new Map([[OLD.version ?? '', old]]);
  for (const recipe of recipes) sides.set(recipe.version, sideOf(recipe));
  return { recipes, sides };
}

function drawRelease(version: string, random: () => number): ReleaseRecipe {
  const pick = <T>(values: readonly T[]): T | undefined =>
    values[Math.floor(random() * values.length)];
  // Few contents, so that many files are equal to others, of this release and of others.
  const source = (): FileSource => ({
    content: `content ${String(Math.floor(random() * 4))}\n`,
    mode: pick(['644', '755']) ?? '644',
  });
  const files: Record<string, FileSource> = {
    [PAGE]: { content: `<h1>${version}</h1>`, mode: '644' },
    [PICTURE]: { content: '<svg/>', mode: '644' },
    [API]: source(),
    [HELPER]: source(),
    [random() < 0.25 ? `${CRON}/job` : CRON]: source(),
  };
  for (const paths of CHOICES) {
    const path = random() < 0.6 ? pick(paths) : undefined;
    if (path !== undefined) files[path] = source();
  }
  const links = Object.fromEntries(LINKS.filter(() => random() < 0.4));
  return { version, files, links, ...(random() < 0.5 ? { form: 'full' } : {}) };
}

function sideOf({ version, files, links = {} }: ReleaseRecipe): Side {
  const contents = new Map<string, string>();
  for (const [path, source] of Object.entries(files)) {
    contents.set(onDevice(path), String((source as FileSource).content));
  }
  for (const [path, to] of Object.entries(links)) {
    const target = `${path.slice(0, path.lastIndexOf('/') + 1)}${to}`;
    const content = files[target];
    if (content !== undefined)
      contents.set(onDevice(path), String((content as FileSource).content));
  }
  return { name: version, version, shown: showing(contents) };
}

function showing(contents: ReadonlyMap<string, string>): Shown {
  const foreign = new Map(FOREIGN_FILES.map(([path, content]) => [path, content]));
  return Object.fromEntries(
    UNIVERSE.map((path) => [path, contents.get(path) ?? foreign.get(path)]),
  );
}
