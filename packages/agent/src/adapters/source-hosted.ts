/**
 * Releases from a repository on Gitea, Forgejo or GitHub. All of them are listed and judged here: the server's "latest" is the
 * one made last, not the highest version. What each server does in its own way comes with its flavor.
 */
import { createHash } from 'node:crypto';
import { UpdateError } from '@pikit/protocol';
import type { ReleaseSource } from '../ports.ts';
import { createCatalogue, type Listing } from './catalogue.ts';
import { fetchAsset, invalid } from './fetch-asset.ts';
import type { Flavor } from './hosted-flavors.ts';
import { unpackManifest } from './packed-manifest.ts';
import { parsePage, toRelease, type Asset, type HostedRelease } from './hosted-list.ts';
import type { Http } from './http.ts';

/** A thousand releases; older ones are never offered. */
const MAX_PAGES = 20;
/** Of all pages together. */
const MAX_LIST_BYTES = 16 * 1024 * 1024;

/** Moves with each download, and says nothing about what there is. */
const COUNTER = /"download_count":\s*\d+/g;

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

/** Newest first, so of two tags for one version (`1.0.0`, `v1.0.0`) the later one comes first. */
function createList({ api, pageSize, queryOf }: Flavor, http: Http) {
  const fetchPage = async (page: number, maxBytes: number, signal: AbortSignal) => {
    const options = { maxBytes, accept: 'application/json', signal };
    const document = await http.getBytes(`${api}?${queryOf(page)}`, options).catch(withAdvice);
    if (document.isHtml) throw invalid(api, 'a web page instead of a list of releases');
    const entries = parsePage(document.bytes, api);
    // A server may allow fewer a page than were asked for, so its own word on a next one comes first.
    const more =
      document.link === undefined ? entries.length >= pageSize : /rel="?next"?/.test(document.link);
    return { entries, more: more && entries.length > 0, bytes: document.bytes };
  };

  return async (signal: AbortSignal): Promise<Listing<HostedRelease>> => {
    const entries: HostedRelease[] = [];
    const hash = createHash('sha256');
    let room = MAX_LIST_BYTES;
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const { entries: listed, more, bytes } = await fetchPage(page, room, signal);
      room -= bytes.length;
      hash.update(Buffer.from(bytes).toString('latin1').replaceAll(COUNTER, ''));
      for (const release of listed.map(toRelease)) if (release !== undefined) entries.push(release);
      if (!more) break;
    }
    return { entries, digest: hash.digest('hex') };
  };
}

/** Throws `no-such-release` unless there is exactly one. */
function assetNamed({ version, named }: HostedRelease, name: string): Asset {
  const asset = named(name);
  if (asset !== undefined) return asset;
  throw new UpdateError('no-such-release', `release ${version} needs one asset ${name}`, {
    details: { version },
  });
}

export function createHostedSource(flavor: Flavor, http: Http): ReleaseSource {
  const { api, addressOf } = flavor;
  const catalogue = createCatalogue(createList(flavor, http));

  const assetsOf = (release: HostedRelease): NonNullable<HostedRelease['assets']> => {
    if (release.assets !== undefined) return release.assets;
    throw invalid(api, `release ${release.version} needs one manifest.json and one bundle`);
  };

  const fetchSmall = async (
    release: HostedRelease,
    asset: Asset,
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<Uint8Array> => {
    const [{ version }, { name }, address] = [release, asset, addressOf(release, asset)];
    const listing = catalogue.listing();
    return fetchAsset(http, { version, name, address, maxBytes, listing }, signal);
  };

  return {
    async list(signal) {
      const releases = await catalogue.refresh(signal);
      return releases.filter(({ assets }) => assets !== undefined).map(({ listed }) => listed);
    },

    async manifest(version, maxBytes, signal) {
      const release = await catalogue.find(version, signal);
      const { manifest, packedManifest } = assetsOf(release);
      if (packedManifest === undefined) return fetchSmall(release, manifest, maxBytes, signal);
      const packed = await fetchSmall(release, packedManifest, maxBytes, signal);
      return unpackManifest(packed, maxBytes, addressOf(release, packedManifest));
    },

    async signature(version, maxBytes, signal) {
      const release = await catalogue.find(version, signal);
      const { signature } = assetsOf(release);
      return signature && fetchSmall(release, signature, maxBytes, signal);
    },

    async *fetchPart({ version }, { name, offset, length }, signal) {
      const release = await catalogue.find(version, signal);
      yield* http.part(addressOf(release, assetNamed(release, name)), { offset, length, signal });
    },

    async fetchBundle({ version }, to, options) {
      const release = await catalogue.find(version, options.signal);
      const { bundle } = assetsOf(release);
      const address = addressOf(release, bundle);
      return http.download(address, { ...options, to, expectedBytes: bundle.size });
    },
  };
}
