/**
 * Releases of the small dashboard that differ in every way in which releases may: files that come, go, keep their content
 * under another name or change their mode, that become directories and links, and back. Drawn from one number, built by `tar`.
 */
import type { Target } from '../../packages/agent/src/core/activation-plan.ts';
import type { ReleaseRecipe } from '../support/bundle-builder.ts';
import { createRandom } from '../crash/tally.ts';
import { OLD, OLD_FILES } from '../crash/sides.ts';
import { isWithin, TARGET_PLACES, type ReleaseContents, type SourceFile } from './placed.ts';

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
  ['conf/more', 'conf/more/job.conf'],
];
/** The one of them that the owner may edit, once it is there or before. */
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

/** Wherever a configuration may put it. */
const onDevice = (path: string): readonly string[] =>
  [...TARGET_PLACES, ['conf', '/etc/dashboard'] as const].flatMap(([from, to]) =>
    isWithin(path, from) ? [to + path.slice(from.length)] : [],
  );

/** The owner's, in directories that releases share with others: path, content, mode. */
export const FOREIGN_FILES: readonly (readonly [string, string, number])[] = [
  ['/usr/local/bin/mine', 'mine', 0o755],
  ['/etc/cron.d/mine', '# mine', 0o644],
];

/** All names that any of them takes on the device, and those that none may touch. */
export const UNIVERSE: readonly string[] = [
  ...new Set([
    ...FOREIGN_FILES.map(([path]) => path),
    ...[PAGE, API, HELPER, CRON, `${CRON}/job`].flatMap(onDevice),
    ...CHOICES.flat().flatMap(onDevice),
    ...LINKS.flatMap(([path]) => onDevice(path)),
    ...['bin/tool/mine', 'bin/other/mine'].flatMap(onDevice),
  ]),
];

export interface ManyReleases {
  readonly recipes: readonly ReleaseRecipe[];
  /** By version; also that of the old files. */
  readonly contents: ReadonlyMap<string, ReleaseContents>;
}

export function drawReleases(seed: number, count: number): ManyReleases {
  const random = createRandom(seed);
  const recipes = Array.from({ length: count }, (_, index) =>
    drawRelease(versionAt(index), random),
  );
  const old = [PAGE, API, HELPER, CRON].map((path, index) => {
    const [, content, mode] = OLD_FILES[index] ?? ['', '', 0];
    return [path, { content, mode: mode.toString(8) }] as const;
  });
  const contents = new Map<string, ReleaseContents>([[OLD.version ?? '', new Map(old)]]);
  for (const recipe of recipes) contents.set(recipe.version, contentsOf(recipe));
  return { recipes, contents };
}

/** Every third is for those who want to try it. */
const versionAt = (index: number): string =>
  `1.${String(index + 1)}.0${index % 3 === 1 ? '-beta.1' : ''}`;

function drawRelease(version: string, random: () => number): ReleaseRecipe {
  const pick = <T>(values: readonly T[]): T | undefined =>
    values[Math.floor(random() * values.length)];
  // Few contents, so that many files are equal to others, of this release and of others.
  const source = (): SourceFile => ({
    content: `content ${String(Math.floor(random() * 4))}\n`,
    mode: pick(['644', '755']) ?? '644',
  });
  const files: Record<string, SourceFile> = {
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
  const manifest = { post_install: [`/usr/bin/${commandOf(version)} now`] };
  return { version, files, links, manifest, ...(random() < 0.5 ? { form: 'full' } : {}) };
}

/** The program that it runs when it was switched to. */
export function commandOf(version: string): string {
  return `migrate-to-${version}`;
}

function contentsOf({ files, links = {} }: ReleaseRecipe): ReleaseContents {
  const contents = new Map(Object.entries(files) as [string, SourceFile][]);
  for (const [path, to] of Object.entries(links)) {
    const file = contents.get(`${path.slice(0, path.lastIndexOf('/') + 1)}${to}`);
    if (file !== undefined) contents.set(path, file);
  }
  return contents;
}
