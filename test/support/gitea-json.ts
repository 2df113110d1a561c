/** Releases as Gitea's API shows them (`modules/structs/release.go`), and its rules for lists, paging and "latest". */

export interface StoredAsset {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly size: number;
  /** Where the bytes are: a path on disk, or the bytes. */
  readonly content: string | Uint8Array;
}

export interface StoredRelease {
  readonly id: number;
  readonly version: string;
  readonly tag: string;
  readonly notes: string;
  readonly draft: boolean;
  readonly prerelease: boolean;
  readonly createdAt: string;
  readonly assets: readonly StoredAsset[];
}

export interface Place {
  /** Gitea's ROOT_URL; on home servers it is often wrong. */
  readonly rootUrl: string;
  readonly repository: string;
}

export function releaseJson(release: StoredRelease, place: Place): object {
  const { rootUrl, repository } = place;
  const repositoryUrl = `${rootUrl}/${repository}`;
  const apiUrl = `${rootUrl}/api/v1/repos/${repository}/releases/${release.id}`;
  return {
    id: release.id,
    tag_name: release.tag,
    target_commitish: 'main',
    name: release.version,
    body: release.notes,
    url: apiUrl,
    html_url: `${repositoryUrl}/releases/tag/${encodeURIComponent(release.tag)}`,
    tarball_url: `${repositoryUrl}/archive/${release.tag}.tar.gz`,
    zipball_url: `${repositoryUrl}/archive/${release.tag}.zip`,
    upload_url: `${apiUrl}/assets`,
    draft: release.draft,
    prerelease: release.prerelease,
    created_at: release.createdAt,
    published_at: release.createdAt,
    assets: release.assets.map((asset) => assetJson(release, asset, place)),
  };
}

export function assetJson(
  release: StoredRelease,
  asset: StoredAsset,
  { rootUrl, repository }: Place,
): object {
  return {
    id: asset.id,
    name: asset.name,
    size: asset.size,
    download_count: 0,
    created_at: release.createdAt,
    uuid: asset.uuid,
    browser_download_url: downloadUrl(release, asset, `${rootUrl}/${repository}`, rootUrl),
  };
}

/** Two assets of one name are allowed on Gitea; their download addresses then go by uuid. */
function downloadUrl(
  release: StoredRelease,
  asset: StoredAsset,
  repositoryUrl: string,
  rootUrl: string,
): string {
  const twins = release.assets.filter(({ name }) => name === asset.name);
  if (twins.length > 1) return `${rootUrl}/attachments/${asset.uuid}`;
  const path = [release.tag, asset.name].map(encodeURIComponent).join('/');
  return `${repositoryUrl}/releases/download/${path}`;
}

/** Gitea's order is `created_unix DESC, id DESC`, in whole seconds: the newest first, whatever its version. */
export function newestFirst(releases: readonly StoredRelease[]): readonly StoredRelease[] {
  const second = (release: StoredRelease): number =>
    Math.floor(Date.parse(release.createdAt) / 1000);
  return [...releases].sort((a, b) => second(b) - second(a) || b.id - a.id);
}

/** A filter that is absent lets everything through, as in Gitea. */
export function listed(
  releases: readonly StoredRelease[],
  query: URLSearchParams,
): readonly StoredRelease[] {
  const wanted = (name: string, value: boolean): boolean => {
    const asked = query.get(name);
    return asked === null || asked === '' || (asked === 'true') === value;
  };
  return newestFirst(releases).filter(
    (release) => wanted('draft', release.draft) && wanted('pre-release', release.prerelease),
  );
}

const DEFAULT_LIMIT = 30;
const MAX_LIMIT = 50;

interface Page<T> {
  readonly items: readonly T[];
  readonly headers: Readonly<Record<string, string>>;
}

/** One page of a list with Gitea's `X-Total-Count` and `Link`; `url` is the address that was asked. */
export function paged<T>(items: readonly T[], url: URL): Page<T> {
  const page = Math.max(1, Number(url.searchParams.get('page') ?? 1) || 1);
  const asked = Number(url.searchParams.get('limit') ?? DEFAULT_LIMIT) || DEFAULT_LIMIT;
  const limit = Math.min(MAX_LIMIT, Math.max(1, asked));
  const last = Math.max(1, Math.ceil(items.length / limit));
  const links: string[] = [];
  const link = (target: number, rel: string): void => {
    const address = new URL(url);
    address.searchParams.set('page', String(target));
    links.push(`<${address.href}>; rel="${rel}"`);
  };
  if (page < last) {
    link(page + 1, 'next');
    link(last, 'last');
  }
  if (page > 1) {
    link(1, 'first');
    link(page - 1, 'prev');
  }
  return {
    items: items.slice((page - 1) * limit, page * limit),
    headers: {
      'x-total-count': String(items.length),
      ...(links.length === 0 ? {} : { link: links.join(',') }),
    },
  };
}
