/**
 * Releases from a Gitea (or Forgejo) server. All of them are listed and judged here: the server's "latest" is the one
 * made last, not the highest version. Assets are only ever fetched from the configured origin.
 */
import { createHash } from 'node:crypto';
import { UpdateError, type Version } from '@pikit/protocol';
import type { ReleaseSource } from '../ports.ts';
import { parsePage, toRelease, type Asset, type GiteaRelease } from './gitea-list.ts';
import type { Http } from './http.ts';
import { statusFailure } from './http-failure.ts';

const PAGE_SIZE = 50;
/** A thousand releases; older ones are never offered. */
const MAX_PAGES = 20;
/** Of all pages together. */
const MAX_LIST_BYTES = 16 * 1024 * 1024;

/** Moves with each download, and says nothing about what there is. */
const COUNTER = /"download_count":\s*\d+/g;

interface Needs {
  /** Without a slash at the end; may have a path. */
  readonly url: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly http: Http;
}

const escapePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

function invalid(url: string, reason: string): UpdateError {
  return new UpdateError('source-invalid', `${url}: ${reason}`, { details: { url, reason } });
}

/** Servers answer 404 for what a stranger may not see, so that a missing token looks like a missing repository. */
const DOORS = new Set<unknown>([401, 403, 404]);

function withAdvice(error: unknown): never {
  if (!(error instanceof UpdateError) || !DOORS.has(error.details['status'])) throw error;
  const advice = 'a private repository needs token_file in [source] of updater.toml';
  throw new UpdateError(error.code, `${error.message}; ${advice}`, {
    cause: error,
    details: { ...error.details, advice },
  });
}

/** Fetches the list and remembers it, so that the assets of what was just listed need no second request. */
function createCatalogue(api: string, http: Http) {
  let known: ReadonlyMap<Version, GiteaRelease> = new Map();
  let listing: string | undefined;

  /** Very old servers read `per_page`; sending both is harmless. */
  const fetchPage = async (page: number, maxBytes: number, signal: AbortSignal) => {
    const query = `draft=false&page=${page}&limit=${PAGE_SIZE}&per_page=${PAGE_SIZE}`;
    const options = { maxBytes, accept: 'application/json', signal };
    const document = await http.getBytes(`${api}?${query}`, options).catch(withAdvice);
    if (document.isHtml) throw invalid(api, 'a web page instead of a list of releases');
    const entries = parsePage(document.bytes, api);
    // A server may allow fewer a page than were asked for, so its own word on a next one comes first.
    const more =
      document.link === undefined
        ? entries.length >= PAGE_SIZE
        : /rel="?next"?/.test(document.link);
    return { entries, more: more && entries.length > 0, bytes: document.bytes };
  };

  const refresh = async (signal: AbortSignal): Promise<readonly GiteaRelease[]> => {
    const found = new Map<Version, GiteaRelease>();
    let room = MAX_LIST_BYTES;
    const hash = createHash('sha256');
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const { entries, more, bytes } = await fetchPage(page, room, signal);
      room -= bytes.length;
      hash.update(Buffer.from(bytes).toString('latin1').replaceAll(COUNTER, ''));
      for (const release of entries.map(toRelease)) {
        // Newest first, so of two tags for one version (`1.0.0`, `v1.0.0`) the later one counts.
        if (release !== undefined && !found.has(release.version)) {
          found.set(release.version, release);
        }
      }
      if (!more) break;
    }
    known = found;
    listing = hash.digest('hex');
    return [...found.values()];
  };

  const find = async (version: Version, signal: AbortSignal): Promise<GiteaRelease> => {
    if (!known.has(version)) await refresh(signal);
    const release = known.get(version);
    if (release !== undefined) return release;
    throw new UpdateError('no-such-release', `the source has no release ${version}`, {
      details: { version },
    });
  };

  return { refresh, find, listing: () => listing };
}

/** Throws `no-such-release` unless there is exactly one. */
function assetNamed({ version, named }: GiteaRelease, name: string): Asset {
  const asset = named(name);
  if (asset !== undefined) return asset;
  throw new UpdateError('no-such-release', `release ${version} needs one asset ${name}`, {
    details: { version },
  });
}

/** Home servers often believe that they are called localhost; their word counts only for the configured origin. */
function createAddresses(root: string, repository: string) {
  const { origin } = new URL(root);
  return (release: GiteaRelease, asset: Asset): string => {
    if (URL.canParse(asset.url) && new URL(asset.url).origin === origin) return asset.url;
    const path = [...repository.split('/'), 'releases', 'download', release.tag, asset.name];
    return `${root}/${path.map(encodeURIComponent).join('/')}`;
  };
}

export function createGiteaSource({ url, repository, http }: Needs): ReleaseSource {
  const root = url.replace(/\/+$/, '');
  const api = `${root}/api/v1/repos/${escapePath(repository)}/releases`;
  const catalogue = createCatalogue(api, http);

  const assetsOf = (release: GiteaRelease): NonNullable<GiteaRelease['assets']> => {
    if (release.assets !== undefined) return release.assets;
    throw invalid(api, `release ${release.version} needs one manifest.json and one bundle`);
  };

  const addressOf = createAddresses(root, repository);

  /** A small one, whole. `no-such-release` when the server has lost it since it was listed. */
  const fetchAsset = async (
    release: GiteaRelease,
    asset: Asset,
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<Uint8Array> => {
    const address = addressOf(release, asset);
    const { version } = release;
    try {
      const options = { maxBytes, accept: '*/*', signal, listing: catalogue.listing() };
      const document = await http.getBytes(address, options);
      if (!document.isHtml) return document.bytes;
      if (document.redirected) throw statusFailure(address, 200);
      throw invalid(address, `a web page instead of ${asset.name}`);
    } catch (error) {
      const gone = error instanceof UpdateError && error.details['status'] === 404;
      if (!gone) throw error;
      throw new UpdateError('no-such-release', error.message, {
        cause: error,
        details: { version },
      });
    }
  };

  return {
    async list(signal) {
      const releases = await catalogue.refresh(signal);
      return releases.filter(({ assets }) => assets !== undefined).map(({ listed }) => listed);
    },

    async manifest(version, maxBytes, signal) {
      const release = await catalogue.find(version, signal);
      return fetchAsset(release, assetsOf(release).manifest, maxBytes, signal);
    },

    async signature(version, maxBytes, signal) {
      const release = await catalogue.find(version, signal);
      const { signature } = assetsOf(release);
      return signature && fetchAsset(release, signature, maxBytes, signal);
    },

    async *fetchPart(version, { name, offset, length }, signal) {
      const release = await catalogue.find(version, signal);
      yield* http.part(addressOf(release, assetNamed(release, name)), { offset, length, signal });
    },

    async fetchBundle(version, to, options) {
      const release = await catalogue.find(version, options.signal);
      const { bundle } = assetsOf(release);
      const address = addressOf(release, bundle);
      return http.download(address, { ...options, to, expectedBytes: bundle.size });
    },
  };
}
