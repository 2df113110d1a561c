/**
 * Releases from a plain web server, an object store or a CDN, in the layout of `pikit-release publish --dir`: an index, and a
 * folder for each version. The index only points; a manifest that is not the one it names is refused, because a cache on the
 * way may be behind.
 */
import {
  bundleName,
  MANIFEST_NAME,
  PACKED_MANIFEST_NAME,
  SIGNATURE_NAME,
  UpdateError,
  type Version,
} from '@pikit/protocol';
import {
  INDEX_NAME,
  MAX_INDEX_BYTES,
  ReleaseIndexSchema,
  type ReleaseIndex,
} from '@pikit/protocol/release-index';
import * as v from 'valibot';
import type { Digest, ReleaseSource } from '../ports.ts';
import { createCatalogue, type Listing } from './catalogue.ts';
import { fetchAsset, invalid } from './fetch-asset.ts';
import type { Http } from './http.ts';
import { unpackManifest } from './packed-manifest.ts';

interface Needs {
  /** Of the directory, without a slash at the end. */
  readonly url: string;
  readonly http: Http;
  readonly digest: Digest;
}

export function createStaticSource({ url, http, digest }: Needs): ReleaseSource {
  const catalogue = createCatalogue(async (signal) => {
    return fetchIndex({ http, digest }, `${url}/${INDEX_NAME}`, signal);
  });

  const addressOf = (version: Version, name: string): string =>
    [url, encodeURIComponent(version), encodeURIComponent(name)].join('/');

  const fetchSmall = async (
    version: Version,
    name: string,
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<Uint8Array> =>
    fetchAsset(
      http,
      {
        version,
        name,
        address: addressOf(version, name),
        maxBytes,
        listing: catalogue.listing(),
      },
      signal,
    );

  return {
    async list(signal) {
      return (await catalogue.refresh(signal)).map(({ version, channel, date }) => ({
        version,
        channel,
        notes: undefined,
        published: date,
        bundleBytes: undefined,
      }));
    },

    async manifest(version, maxBytes, signal) {
      const { manifestSha256, packedManifest = false } = await catalogue.find(version, signal);
      const name = packedManifest ? PACKED_MANIFEST_NAME : MANIFEST_NAME;
      const address = addressOf(version, name);
      const fetched = await fetchSmall(version, name, maxBytes, signal);
      const bytes = packedManifest ? await unpackManifest(fetched, maxBytes, address) : fetched;
      if (digest(bytes) === manifestSha256) return bytes;
      throw invalid(address, `is not the one that ${INDEX_NAME} names`);
    },

    async signature(version, maxBytes, signal) {
      try {
        return await fetchSmall(version, SIGNATURE_NAME, maxBytes, signal);
      } catch (error) {
        if (error instanceof UpdateError && error.code === 'no-such-release') return undefined;
        throw error;
      }
    },

    async *fetchPart({ version }, { name, offset, length }, signal) {
      yield* http.part(addressOf(version, name), { offset, length, signal });
    },

    async fetchBundle({ version }, to, options) {
      const address = addressOf(version, bundleName(version));
      return http.download(address, { ...options, to, expectedBytes: undefined });
    },
  };
}

async function fetchIndex(
  { http, digest }: Pick<Needs, 'http' | 'digest'>,
  address: string,
  signal: AbortSignal,
): Promise<Listing<ReleaseIndex['releases'][number]>> {
  const options = { maxBytes: MAX_INDEX_BYTES, accept: 'application/json', signal };
  const document = await http.getBytes(address, options);
  if (document.isHtml) throw invalid(address, 'a web page instead of an index of releases');
  try {
    const { bytes } = document;
    const index = v.parse(ReleaseIndexSchema, JSON.parse(Buffer.from(bytes).toString()));
    return { entries: index.releases, digest: digest(bytes) };
  } catch (cause) {
    throw invalid(address, 'not an index of releases', cause);
  }
}
