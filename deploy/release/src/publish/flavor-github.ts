/**
 * What GitHub does in its own way: uploads go to another host, which each release names and we do not simply believe, and
 * files are read back through the API, which passes us on to a store that must not see the token.
 */
import { createReadStream } from 'node:fs';
import { failure } from './http-failure.ts';
import type { Flavor, HostedAsset, HostedRelease } from './release-host.ts';

const ACCEPT = 'application/vnd.github+json';

/**
 * `root` is that of the API, or github.com's page; `uploads` the origin that may be sent files and token besides it, by
 * default github.com's own.
 */
export function createGithubFlavor(
  root: string,
  repository: string,
  token: string | undefined,
  uploads = 'https://uploads.github.com',
): Flavor {
  const base = root === 'https://github.com' ? 'https://api.github.com' : root;
  const api = `${base}/repos/${repository.split('/').map(encodeURIComponent).join('/')}/releases`;
  const own = new URL(base).origin;
  const isPublic = own === 'https://api.github.com';
  const origins = uploads !== 'https://uploads.github.com' || isPublic ? [own, uploads] : [own];
  const assetUrl = (_release: HostedRelease, { id }: HostedAsset): string =>
    `${api}/assets/${String(id)}`;

  return {
    api,
    accept: ACCEPT,
    authorization: token === undefined ? undefined : `Bearer ${token}`,
    origins,
    assetUrl,
    upload({ upload_url: template }, { name, path, size }) {
      const address = (template ?? '').replace(/\{.*$/, '');
      if (!URL.canParse(address) || !origins.includes(new URL(address).origin)) {
        throw failure('source-invalid', address, 'a foreign place for uploads: --upload-server');
      }
      return {
        url: `${address}?name=${encodeURIComponent(name)}`,
        body: {
          bytes: size,
          type: 'application/octet-stream',
          pieces: () => createReadStream(path),
        },
      };
    },
    read: (http, release, asset) =>
      http.download(
        { method: 'GET', url: assetUrl(release, asset), accept: 'application/octet-stream' },
        asset.size,
      ),
  };
}
