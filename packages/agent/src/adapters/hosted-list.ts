/**
 * The list of releases as Gitea, Forgejo and GitHub give it, which is nearly the same: which of them a device could take.
 * Third-party JSON, so unknown fields are fine and only what is used is checked.
 */
import {
  bundleName,
  channelOf,
  MANIFEST_NAME,
  PACKED_MANIFEST_NAME,
  SIGNATURE_NAME,
  UpdateError,
  VersionSchema,
  type Version,
} from '@pikit/protocol';
import * as v from 'valibot';
import type { ListedRelease } from '../ports.ts';

const AssetSchema = v.object({
  id: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  name: v.string(),
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  browser_download_url: v.string(),
  // GitHub: `uploaded` when all of it has come.
  state: v.nullish(v.string()),
  // Forgejo: `external` for one that lies on another server.
  type: v.nullish(v.string()),
});

const ReleaseSchema = v.object({
  tag_name: v.string(),
  draft: v.boolean(),
  prerelease: v.boolean(),
  body: v.nullish(v.string()),
  published_at: v.nullish(v.string()),
  assets: v.nullish(v.array(AssetSchema)),
});
type Release = v.InferOutput<typeof ReleaseSchema>;

export interface Asset {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  readonly url: string;
}

export interface HostedRelease {
  readonly tag: string;
  readonly version: Version;
  /** `undefined`: its assets are not exactly one manifest and one bundle. */
  readonly assets:
    | {
        readonly manifest: Asset;
        /** The same once more, as gzip. */
        readonly packedManifest: Asset | undefined;
        readonly bundle: Asset;
        readonly signature: Asset | undefined;
      }
    | undefined;
  /** Any other; undefined unless there is exactly one of this name. */
  readonly named: (name: string) => Asset | undefined;
  readonly listed: ListedRelease;
}

/** Throws `source-invalid` unless the bytes are a list of releases. */
export function parsePage(bytes: Uint8Array, url: string): readonly Release[] {
  try {
    return v.parse(v.array(ReleaseSchema), JSON.parse(Buffer.from(bytes).toString()));
  } catch (cause) {
    throw new UpdateError('source-invalid', `${url} does not answer with a list of releases`, {
      cause,
      details: { url, reason: 'not a list of releases' },
    });
  }
}

/** Exactly one asset of this name: Gitea allows several, and then nobody knows which one was meant. */
function single(release: Release, name: string): Asset | undefined {
  const found = (release.assets ?? []).filter((asset) => asset.name === name);
  const [asset] = found;
  if (asset === undefined || found.length > 1) return undefined;
  const { id, size, browser_download_url: url, state, type } = asset;
  const isThere = (state ?? 'uploaded') === 'uploaded' && type !== 'external';
  return isThere ? { id, name, size, url } : undefined;
}

/** `undefined` for a draft and for a tag that is no version. */
export function toRelease(release: Release): HostedRelease | undefined {
  if (release.draft) return undefined;
  const parsed = v.safeParse(VersionSchema, release.tag_name.replace(/^v/, ''));
  if (!parsed.success) return undefined;
  const version = parsed.output;
  const manifest = single(release, MANIFEST_NAME);
  const bundle = single(release, bundleName(version));
  return {
    tag: release.tag_name,
    version,
    assets: manifest &&
      bundle && {
        manifest,
        packedManifest: single(release, PACKED_MANIFEST_NAME),
        bundle,
        signature: single(release, SIGNATURE_NAME),
      },
    named: (name) => single(release, name),
    listed: {
      version,
      channel: release.prerelease ? 'beta' : channelOf(version),
      notes: release.body === '' ? undefined : (release.body ?? undefined),
      published: release.published_at ?? undefined,
      bundleBytes: bundle?.size,
    },
  };
}
