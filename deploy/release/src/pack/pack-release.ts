/**
 * From a configuration to a release in its place: collected, refused by the agent's rules before a file is read, packed, and
 * read back before it gets its name. Knows no command line.
 */
import { bundleName, MANIFEST_NAME, PACKED_MANIFEST_NAME } from '@pikit/protocol';
import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { assertNoPipe } from '../bounded-file.ts';
import type { Note } from '../command.ts';
import { packManifest } from '../packed-manifest.ts';
import { checkBundle } from '../check-bundle.ts';
import { errnoOf } from '../disk-failure.ts';
import { addPatches } from './add-patches.ts';
import { assertPublishable, manifestText, reasonsToSign } from './manifest-text.ts';
import { secondsOf } from './moments.ts';
import { placeRelease } from './place-release.ts';
import { createRecipe, type Recipe, type Said } from './recipe.ts';
import { invalidConfig, parseReleaseConfig, type ReleaseConfig } from './release-config.ts';
import { writeBundle } from './seekable-bundle.ts';
import { collectSources, suspiciousNames, type Sources } from './sources.ts';

interface Order {
  /** The path of `pikit-release.toml`. */
  readonly file: string;
  readonly out: string;
  readonly isForced: boolean;
  readonly said: Said;
  /** Directories of earlier releases from which a patch is to lead to this one. */
  readonly previous: readonly string[];
  /** Hears of each stage before it begins: of a large release each takes minutes. */
  readonly note?: Note | undefined;
}

export interface PackedRelease {
  readonly version: string;
  readonly bundle: string;
  readonly manifest: string;
  /** Of the bundle. */
  readonly sha256: string;
  readonly manifestSha256: string;
  readonly files: number;
  /** Of the bundle. */
  readonly bytes: number;
  /** The size of the bundle as a share of what `tar c | gzip -9` makes of the same tree. */
  readonly seekableRatio: number;
  readonly patches: readonly PackedPatch[];
  readonly warnings: readonly string[];
}

export interface PackedPatch {
  /** The version that it leads from. */
  readonly from: string;
  /** Bytes; null where it would not pay, so that there is none. */
  readonly size: number | null;
}

/** Throws `config-invalid`, `invalid-request`, what the agent would throw for the release, `no-space`, `write-failed`. */
export async function packRelease(order: Order): Promise<PackedRelease> {
  const { file, out, isForced, said, previous, note = () => undefined } = order;
  const home = dirname(resolve(file));
  const config = parseReleaseConfig(await readConfig(file), file);
  const notes = config.notes && (await readText(resolve(home, config.notes), file, 'notes'));
  const recipe = createRecipe(config, file, said, notes);
  assertApart(config, home, file, out);
  const sources = await collectSources(config, home, file);
  assertPublishable(draftOf(recipe, sources), recipe.version, 0);

  const { version } = recipe;
  const place = { out, version, isForced };
  const packed = await placeRelease(place, async (to) =>
    fillRelease(to, { recipe, sources, previous, note }),
  );
  return {
    version,
    bundle: join(out, version, bundleName(version)),
    manifest: join(out, version, MANIFEST_NAME),
    ...packed,
    warnings: [...suspiciousNames(sources), ...packed.warnings],
  };
}

interface Contents extends Pick<Order, 'previous'> {
  readonly recipe: Recipe;
  readonly sources: Sources;
  readonly note: Note;
}

async function fillRelease(to: string, { recipe, sources, previous, note }: Contents) {
  const { version, product, released, members } = recipe;
  const name = bundleName(version);
  const mtime = released === undefined ? 0 : secondsOf(released);
  note(`files to pack: ${String(sources.files.length)}`);
  const { files, bytes, sha256, solidBytes } = await writeBundle(join(to, name), sources, mtime);
  const bundle = { name, size: bytes, sha256 };
  const packed = files.map((one, i) => ({ ...one, source: sources.files[i]?.source ?? '' }));
  const added = await addPatches({ to, version, product, files: packed, previous, note });
  const patches = added.flatMap(({ patch }) => patch ?? []);
  const text = manifestText({ ...members, bundle, patches, files, links: sources.links });
  const manifest = assertPublishable(text, version, bytes);
  note('reading it back as a device does');
  // Spans included, before anybody can see it.
  await checkBundle({ path: join(to, name), sizeBytes: bytes }, manifest);
  await writeDurably(join(to, PACKED_MANIFEST_NAME), packManifest(text));
  await writeDurably(join(to, MANIFEST_NAME), text);
  return {
    sha256,
    manifestSha256: createHash('sha256').update(text).digest('hex'),
    files: files.length,
    bytes,
    seekableRatio: Math.round((bytes / solidBytes) * 10_000) / 10_000,
    patches: added.map((one) => ({ from: one.version, size: one.patch?.size ?? null })),
    warnings: reasonsToSign(manifest),
  };
}

/** What can be known before a file is read. */
function draftOf({ members }: Recipe, { files, links }: Sources): string {
  const sha256 = '0'.repeat(64);
  const listed = files.map(({ path, mode, size }) => ({ path, sha256, mode, size }));
  return manifestText({ ...members, files: listed, links });
}

/** Else each release would hold those before it. */
function assertApart({ entry }: ReleaseConfig, home: string, file: string, out: string): void {
  const index = entry.findIndex(({ from }) =>
    `${resolve(out)}${sep}`.startsWith(`${resolve(home, from)}${sep}`),
  );
  if (index === -1) return;
  throw invalidConfig(file, `entry.${String(index)}.from`, `holds the directory of --out, ${out}`);
}

async function readConfig(file: string): Promise<string> {
  await assertNoPipe(file);
  try {
    return utf8.decode(await readFile(file));
  } catch (cause) {
    const isMissing = errnoOf(cause) === 'ENOENT';
    const reason = isMissing
      ? 'is not there; deploy/release/pikit-release.example.toml of the updater is one to copy, --config names another'
      : unreadable(cause);
    throw invalidConfig(file, 'file', reason, cause);
  }
}

async function readText(path: string, file: string, key: string): Promise<string> {
  await assertNoPipe(path);
  try {
    return utf8.decode(await readFile(path));
  } catch (cause) {
    throw invalidConfig(file, key, `${path} ${unreadable(cause)}`, cause);
  }
}

/** Other bytes would go into the release as question marks. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

const unreadable = (cause: unknown): string =>
  cause instanceof TypeError ? 'is not UTF-8: save it as UTF-8 in the editor' : 'cannot be read';

async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}
