/**
 * Fills the server's directory: the trees, and each of them published in every way that a peer fetches. Nothing of it is
 * measured. What lies there follows from the content alone.
 */
import { chmod, link, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { releaseJson, type StoredAsset } from '../support/gitea-json.ts';
import { runRelease } from '../support/release-program.ts';
import { listedFile, type ListedFile, type Listing } from './listing.ts';
import { run } from './programs.ts';
import { downloadPath, repositoryOf, VARIANTS, VERSIONS, type Variant } from './publication.ts';
import type { TreeFile } from './tree.ts';
import type { Change } from './workload.ts';

interface Place {
  /** What the server serves. */
  readonly site: string;
  /** For what it must not serve. */
  readonly work: string;
  /** Of the server. */
  readonly url: string;
}

type Files = Iterable<TreeFile> | AsyncIterable<TreeFile>;

/** The files of the release that makes a change; `none`: of the one that is installed first. */
export type Content = (change: Change) => Files;

interface Plan {
  readonly content: Content;
  readonly changes: readonly Change[];
  /** Names of peers. */
  readonly peers: readonly string[];
}

export interface Site {
  /** What is in each tree. In that of `none` what is in the first. */
  readonly trees: Readonly<Record<Change | 'first', Listing>>;
}

export async function fillSite(place: Place, { content, changes, peers }: Plan): Promise<Site> {
  const first = await writeTree(place, 'first', content('none'));
  const trees = { first, none: first, typical: first, all: first };
  const releases = (['typical', 'all'] as const).filter((change) => changes.includes(change));
  for (const change of releases) trees[change] = await writeTree(place, change, content(change));
  const publishPatched = async (): Promise<void> => {
    // A patch needs the first.
    await publish(place, 'first', VERSIONS.first);
    if (releases.includes('typical')) await publish(place, 'typical', VERSIONS.next);
  };
  const publishNew = async (): Promise<void> => {
    if (releases.includes('all')) await publish(place, 'all', VERSIONS.next);
  };
  const serveOthers = async (): Promise<void> => {
    for (const release of ['first', ...releases]) {
      if (peers.includes('ostree')) await commit(place, release);
      if (peers.includes('casync')) await chunk(place, release);
    }
  };
  await Promise.all([publishPatched(), publishNew(), serveOthers()]);
  return { trees };
}

async function writeTree({ site }: Place, name: string, files: Files): Promise<Listing> {
  const tree = join(site, 'trees', name);
  // A build of another day: the script of the plan copies by size and time.
  const madeAt = new Date(name === 'first' ? '2026-01-01T00:00:00Z' : '2026-02-01T00:00:00Z');
  const listing = new Map<string, ListedFile>();
  for await (const { path, content, isExecutable } of files) {
    const place = join(tree, path);
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, content);
    if (isExecutable === true) await chmod(place, 0o755);
    await utimes(place, madeAt, madeAt);
    listing.set(path, listedFile(content));
  }
  return listing;
}

async function publish(place: Place, release: 'first' | Change, version: string): Promise<void> {
  const packed = await pack(place, release, version);
  const plain = join(place.work, 'plain', release);
  await mkdir(plain, { recursive: true });
  const bundle = `pikit-${version}.tar.gz`;
  const page = `s,^\\.,pikit-web,`;
  const tree = join(place.site, 'trees', release);
  const tar = ['--sort=name', '--transform', page, '-C', tree, '-I', 'gzip -9 -n'];
  await run('tar', [...tar, '-cf', join(plain, bundle), '.']);
  for (const variant of VARIANTS) {
    const directory = join(place.work, variant, release);
    await mkdir(directory, { recursive: true });
    const text = await readFile(join(packed, 'manifest.json'), 'utf8');
    const manifest = variantOf(text, variant);
    const [plainPaper, packedPaper] = [
      join(directory, 'manifest.json'),
      join(directory, 'manifest.json.gz'),
    ];
    await writeFile(plainPaper, manifest);
    await writeFile(packedPaper, gzipSync(manifest, { level: 9 }));
    // The plan's form knows nothing of the second.
    const papers = variant === 'whole' ? [plainPaper] : [plainPaper, packedPaper];
    const names = (await readdir(packed)).filter((name) => !name.startsWith('manifest.json'));
    const files = variant === 'whole' ? [join(plain, bundle)] : names.map((n) => join(packed, n));
    const all = [...papers, ...files];
    await list(place, repositoryOf(release, variant), version, all);
  }
}

/** Returns the directory of the release. */
async function pack({ site, work }: Place, release: string, version: string): Promise<string> {
  const config = join(work, `${release}.toml`);
  const tree = join(site, 'trees', release);
  const entry = `[[entry]]\nfrom = ${JSON.stringify(tree)}\nto = "pikit-web"\n`;
  await writeFile(config, `changelog = "https://example.org/v{version}"\n${entry}`);
  const out = join(work, 'packed', release);
  // Where every file is new no patch pays, which the packer would find out in minutes.
  const isPatched = release === 'typical';
  const previous = isPatched ? ['--previous', join(work, 'packed/first', VERSIONS.first)] : [];
  const args = ['--config', config, '--version', version, '--out', out, ...previous];
  const { code, stderr } = await runRelease(['pack', ...args]);
  if (code !== 0) throw new Error(`pikit-release pack failed: ${stderr}`);
  return join(out, version);
}

/** A line for each file, as in the packer's own. */
function variantOf(text: string, variant: Variant): string {
  if (variant === 'pikit') return text;
  const { patches: _patches, ...manifest } = JSON.parse(text) as {
    readonly patches?: unknown;
    readonly version: string;
    readonly changelog: string;
    readonly files: readonly { readonly path: string; sha256: string; mode?: string }[];
  };
  const { version, changelog } = manifest;
  const plain = manifest.files.map(({ path, sha256, mode }) => ({ path, sha256, mode }));
  const files = variant === 'whole' ? plain : manifest.files;
  const lines = files.map((file) => `    ${JSON.stringify(file)}`).join(',\n');
  const members = variant === 'whole' ? { version, changelog } : { ...manifest, files: undefined };
  return `${JSON.stringify(members).slice(0, -1)},\n  "files": [\n${lines}\n  ]\n}\n`;
}

/** As Gitea shows a repository with this one release, at the addresses that it gives. */
async function list(
  { site, url }: Place,
  repository: string,
  version: string,
  files: readonly string[],
): Promise<void> {
  const downloads = join(site, downloadPath(repository, version));
  await mkdir(downloads, { recursive: true });
  const assets: StoredAsset[] = [];
  for (const [id, content] of files.entries()) {
    const name = content.slice(content.lastIndexOf('/') + 1);
    await link(content, join(downloads, name));
    assets.push({ id, uuid: `asset-${id}`, name, content, size: (await stat(content)).size });
  }
  const stored = { id: 1, version, tag: `v${version}`, notes: '', draft: false, prerelease: false };
  const release = { ...stored, createdAt: '2026-01-01T00:00:00Z', assets };
  const api = join(site, 'api/v1/repos', repository, 'releases');
  await mkdir(dirname(api), { recursive: true });
  await writeFile(api, JSON.stringify([releaseJson(release, { rootUrl: url, repository })]));
}

async function commit({ site }: Place, branch: string): Promise<void> {
  const repository = `--repo=${join(site, 'ostree')}`;
  await run('ostree', [repository, 'init', '--mode=archive']);
  const tree = `--tree=dir=${join(site, 'trees', branch)}`;
  const options = ['--canonical-permissions', '--timestamp=2026-01-01T00:00:00Z'];
  await run('ostree', [repository, 'commit', `--branch=${branch}`, tree, ...options]);
  await run('ostree', [repository, 'summary', '--update']);
}

async function chunk({ site }: Place, name: string): Promise<void> {
  const directory = join(site, 'casync');
  await mkdir(directory, { recursive: true });
  const store = `--store=${join(directory, 'default.castr')}`;
  const index = join(directory, `${name}.caidx`);
  await run('casync', [
    'make',
    store,
    '--without=all',
    '--with=permissions',
    index,
    join(site, 'trees', name),
  ]);
}
