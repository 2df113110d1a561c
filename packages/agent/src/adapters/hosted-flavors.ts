/** What Gitea (or Forgejo) and GitHub do each in its own way: where they list releases, and where a file of one is fetched. */
import type { Asset, HostedRelease } from './hosted-list.ts';

export interface Flavor {
  /** Of the list of releases, without a query. */
  readonly api: string;
  readonly pageSize: number;
  readonly queryOf: (page: number) => string;
  readonly addressOf: (release: HostedRelease, asset: Asset) => string;
}

interface Needs {
  /** Without a slash at the end; may have a path. */
  readonly url: string;
  /** `owner/name`. */
  readonly repository: string;
}

const escapePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

export function createGiteaFlavor({ url, repository }: Needs): Flavor {
  const pageSize = 50;
  const { origin } = new URL(url);
  return {
    api: `${url}/api/v1/repos/${escapePath(repository)}/releases`,
    pageSize,
    // Very old servers read `per_page`; sending both is harmless.
    queryOf: (page) =>
      `draft=false&page=${String(page)}&limit=${String(pageSize)}&per_page=${String(pageSize)}`,
    // Home servers often believe that they are called localhost; their word counts only for the configured origin.
    addressOf: ({ tag }, asset) => {
      if (URL.canParse(asset.url) && new URL(asset.url).origin === origin) return asset.url;
      const path = [...repository.split('/'), 'releases', 'download', tag, asset.name];
      return `${url}/${path.map(encodeURIComponent).join('/')}`;
    },
  };
}

/**
 * `url` is of the API. What its pages offer for download costs no request of the few that the API grants to a stranger, and
 * the API alone gives the files of a private repository. Both pass on to a store that must not see the token.
 */
export function createGithubFlavor(
  { url, repository }: Needs,
  { hasToken }: { readonly hasToken: boolean },
): Flavor {
  const api = `${url}/repos/${escapePath(repository)}/releases`;
  const pageSize = 100;
  return {
    api,
    pageSize,
    queryOf: (page) => `page=${String(page)}&per_page=${String(pageSize)}`,
    addressOf: (_release, asset) => (hasToken ? `${api}/assets/${String(asset.id)}` : asset.url),
  };
}
