/**
 * Makes a real release for tests: a folder `<version>/` with a tar.gz by the `tar` program and its
 * manifest.json. The packer for maintainers is not used here, so that a fault in it cannot hide itself.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { MinisignKey, SigningOptions } from './minisign-key.ts';

const run = promisify(execFile);

export type FileContent = string | Uint8Array;
export interface FileSource {
  readonly content: FileContent;
  /** Octal, such as `755`. Given here, it also stands in the manifest; else the file has 644 and the manifest is silent. */
  readonly mode?: string;
}
export type ReleaseFiles = Readonly<Record<string, FileContent | FileSource>>;

export interface ReleaseRecipe {
  readonly version: string;
  /** Path inside the release → content. */
  readonly files: ReleaseFiles;
  /** Path inside the release → text of a symlink. */
  readonly links?: Readonly<Record<string, string>>;
  readonly changelog?: string;
  /** Replaces members of the manifest, right or wrong. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  /**
   * `plan`: the plan's minimal manifest, a copy of it inside the bundle, names as `tar czf x -C dir .` writes them.
   * `full`: with every optional member that a hand-made bundle can have (sizes, the bundle's digest), names without `./`.
   */
  readonly form?: 'plan' | 'full';
  /** Signs the manifest; without one there is no signature. */
  readonly signer?: Pick<MinisignKey, 'sign'>;
  readonly signing?: SigningOptions;
}

export interface BuiltRelease {
  readonly version: string;
  /** The folder that holds the two or three files; its parent is what a `dir` source reads. */
  readonly dir: string;
  /** Path of the tar.gz. */
  readonly bundle: string;
  /** Path of manifest.json. */
  readonly manifest: string;
  /** What a person reviews and `update.apply` carries. */
  readonly manifestSha256: string;
  /** As the release server's `publish` takes them. */
  readonly assets: readonly { readonly name: string; readonly content: string }[];
}

/** Replaces what stands at `<dir>/<version>`. */
export async function buildRelease(recipe: ReleaseRecipe, dir: string): Promise<BuiltRelease> {
  const { version, form = 'plan' } = recipe;
  const home = join(dir, version);
  const tree = join(home, 'tree');
  await rm(home, { recursive: true, force: true });
  await mkdir(tree, { recursive: true });
  const files = await writeTree(tree, recipe.files, form);

  const links = Object.entries(recipe.links ?? {}).map(([path, to]) => ({ path, to }));
  for (const { path, to } of links) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await symlink(to, join(tree, path));
  }

  const manifest = join(home, 'manifest.json');
  const document = {
    ...minimal(recipe, files),
    ...(links.length === 0 ? {} : { links }),
    ...recipe.manifest,
  };
  const name = `pikit-${version}.tar.gz`;
  const bundle = join(home, name);
  if (form === 'plan') {
    await writeFile(manifest, pretty(document));
    await copyFile(manifest, join(tree, 'manifest.json'));
    await run('tar', ['czf', bundle, '-C', tree, '.']);
  } else {
    await run('tar', [
      'czf',
      bundle,
      '-C',
      tree,
      ...topLevel({ ...recipe.files, ...recipe.links }),
    ]);
    await writeFile(manifest, pretty({ ...(await additions(bundle, name)), ...document }));
  }
  await rm(tree, { recursive: true });
  if (recipe.signer !== undefined) {
    const signature = recipe.signer.sign(await readFile(manifest), recipe.signing);
    await writeFile(`${manifest}.minisig`, signature);
  }
  return loadRelease(version, dir);
}

/** A release that `buildRelease` made earlier, perhaps in another process. */
export async function loadRelease(version: string, dir: string): Promise<BuiltRelease> {
  const home = join(dir, version);
  const bundle = join(home, `pikit-${version}.tar.gz`);
  const manifest = join(home, 'manifest.json');
  const signature = { name: 'manifest.json.minisig', content: `${manifest}.minisig` };
  return {
    version,
    dir: home,
    bundle,
    manifest,
    manifestSha256: sha256(await readFile(manifest)),
    assets: [
      { name: `pikit-${version}.tar.gz`, content: bundle },
      { name: 'manifest.json', content: manifest },
      ...(existsSync(signature.content) ? [signature] : []),
    ],
  };
}

interface ListedFile {
  readonly path: string;
  readonly sha256: string;
  readonly mode?: string;
  readonly size?: number;
}

async function writeTree(
  tree: string,
  files: ReleaseFiles,
  form: 'plan' | 'full',
): Promise<readonly ListedFile[]> {
  const listed: ListedFile[] = [];
  for (const [path, source] of Object.entries(files)) {
    const { content, mode } = sourceOf(source);
    const place = join(tree, path);
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, content);
    // The umask must not decide.
    await chmod(place, Number.parseInt(mode ?? '644', 8));
    const size = form === 'full' ? { size: Buffer.byteLength(content) } : {};
    listed.push({
      path,
      sha256: sha256(content),
      ...(mode === undefined ? {} : { mode }),
      ...size,
    });
  }
  return listed;
}

function sourceOf(source: FileContent | FileSource): FileSource {
  return typeof source === 'string' || source instanceof Uint8Array ? { content: source } : source;
}

function topLevel(files: ReleaseFiles): readonly string[] {
  return [...new Set(Object.keys(files).map((path) => path.split('/')[0] ?? path))];
}

function minimal({ version, changelog }: ReleaseRecipe, files: readonly ListedFile[]): object {
  return { version, changelog: changelog ?? `https://example.org/releases/${version}`, files };
}

async function additions(bundle: string, name: string): Promise<object> {
  const { size } = await stat(bundle);
  return {
    format: 1,
    product: 'pikit',
    released: new Date().toISOString(),
    bundle: { name, size, sha256: sha256(await readFile(bundle)) },
  };
}

function pretty(document: object): string {
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function sha256(content: FileContent): string {
  return createHash('sha256').update(content).digest('hex');
}
