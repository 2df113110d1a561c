/**
 * The releases of one repository on Gitea, Forgejo or GitHub, as far as publishing needs them. What the servers do alike is
 * here, what they do each in its way comes with the flavor. Third-party JSON: only what is used is checked.
 */
import { UpdateError } from '@pikit/protocol';
import * as v from 'valibot';
import type { Upload } from './exchange.ts';
import { failure } from './http-failure.ts';
import type { Http, Reply } from './http.ts';
import { digestOf, type ReleaseFile } from './release-files.ts';

const AssetSchema = v.object({
  id: v.number(),
  name: v.string(),
  size: v.number(),
  uuid: v.nullish(v.string()),
  // GitHub: `uploaded` when all of it has come.
  state: v.nullish(v.string()),
});
export type HostedAsset = v.InferOutput<typeof AssetSchema>;

const ReleaseSchema = v.object({
  id: v.number(),
  tag_name: v.string(),
  name: v.nullish(v.string()),
  draft: v.boolean(),
  prerelease: v.nullish(v.boolean()),
  html_url: v.nullish(v.string()),
  upload_url: v.nullish(v.string()),
  assets: v.nullish(v.array(AssetSchema), []),
});
export type HostedRelease = v.InferOutput<typeof ReleaseSchema>;

/** What a person reads, and what devices go by. */
export interface Description {
  readonly tag: string;
  readonly name: string;
  readonly notes: string;
  readonly prerelease: boolean;
}

/** What the servers do each in its way. */
export interface Flavor {
  /** Of the repository's releases. */
  readonly api: string;
  readonly accept: string;
  readonly authorization: string | undefined;
  /** The origins that may see the token. */
  readonly origins: readonly string[];
  readonly assetUrl: (release: HostedRelease, asset: HostedAsset) => string;
  readonly upload: (
    release: HostedRelease,
    file: ReleaseFile,
  ) => { readonly url: string; readonly body: Upload };
  readonly read: (
    http: Http,
    release: HostedRelease,
    asset: HostedAsset,
  ) => AsyncIterable<Uint8Array>;
}

export interface ReleaseHost {
  /** Newest first; drafts as well, for whoever may see them. */
  readonly list: () => Promise<readonly HostedRelease[]>;
  /** All with one of these tags, drafts as well; newest first. */
  readonly find: (tags: readonly string[]) => Promise<readonly HostedRelease[]>;
  readonly load: (id: number) => Promise<HostedRelease>;
  readonly createDraft: (description: Description) => Promise<HostedRelease>;
  readonly publish: (id: number, description: Description) => Promise<HostedRelease>;
  readonly upload: (release: HostedRelease, file: ReleaseFile) => Promise<void>;
  readonly remove: (release: HostedRelease, asset: HostedAsset) => Promise<void>;
  /** `too-large` beyond the size that the asset is said to have. */
  readonly read: (release: HostedRelease, asset: HostedAsset) => AsyncIterable<Uint8Array>;
  /** Whether the server gives back just this file. */
  readonly holds: (
    release: HostedRelease,
    asset: HostedAsset,
    file: ReleaseFile,
  ) => Promise<boolean>;
}

const PAGE_SIZE = 50;
const MAX_PAGES = 100;

export function createReleaseHost(flavor: Flavor, http: Http): ReleaseHost {
  const { api, accept } = flavor;

  const list = async (): Promise<readonly HostedRelease[]> => {
    const found: HostedRelease[] = [];
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const query = `page=${String(page)}&limit=${String(PAGE_SIZE)}&per_page=${String(PAGE_SIZE)}`;
      const reply = await http.call({ method: 'GET', url: `${api}?${query}`, accept });
      const parsed = v.safeParse(v.array(ReleaseSchema), reply.document);
      if (!parsed.success) throw failure('source-invalid', api, 'no list of releases');
      found.push(...parsed.output);
      // A server may allow fewer a page than were asked for, so its own word on a next one comes first.
      const more =
        reply.link === '' ? parsed.output.length >= PAGE_SIZE : /rel="?next"?/.test(reply.link);
      if (!more || parsed.output.length === 0) break;
    }
    return found;
  };

  return {
    list,
    read: (release, asset) => flavor.read(http, release, asset),

    // By list and not by tag, because no server tells a draft by its tag.
    find: async (tags) => (await list()).filter(({ tag_name: tag }) => tags.includes(tag)),

    async load(id) {
      const url = `${api}/${String(id)}`;
      return releaseIn(await http.call({ method: 'GET', url, accept }), url);
    },

    async createDraft(description) {
      const body = { tag_name: description.tag, draft: true, ...described(description) };
      return releaseIn(await http.call({ method: 'POST', url: api, accept, body }), api);
    },

    async publish(id, description) {
      const url = `${api}/${String(id)}`;
      const body = { draft: false, ...described(description) };
      const release = releaseIn(await http.call({ method: 'PATCH', url, accept, body }), url);
      if (!release.draft) return release;
      throw failure('source-invalid', url, 'keeps the release a draft');
    },

    async upload(release, file) {
      await http.call({ method: 'POST', accept, ...flavor.upload(release, file) });
    },

    async remove(release, asset) {
      const call = { method: 'DELETE', url: flavor.assetUrl(release, asset), accept } as const;
      await http.call(call).catch((error: unknown) => {
        // because it is gone, perhaps by an earlier call whose answer was lost
        if (!(error instanceof UpdateError) || error.details['status'] !== 404) throw error;
      });
    },

    async holds(release, asset, file) {
      if (asset.size !== file.size || (asset.state ?? 'uploaded') !== 'uploaded') return false;
      return (await digestOf(flavor.read(http, release, asset))) === file.sha256;
    },
  };
}

function releaseIn({ document }: Reply, url: string): HostedRelease {
  const parsed = v.safeParse(ReleaseSchema, document);
  if (parsed.success) return parsed.output;
  throw failure('source-invalid', url, 'does not answer with a release');
}

function described({ name, notes, prerelease }: Description): object {
  return { name, body: notes, prerelease };
}
