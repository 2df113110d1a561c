/**
 * What Gitea and Forgejo do in their own way: uploads are forms, names of files may come twice, and a server often does not
 * know its own address. So files are read back from the configured origin by their id, never from where the answer points.
 */
import { UpdateError } from '@pikit/protocol';
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { failure } from './http-failure.ts';
import type { Upload } from './exchange.ts';
import type { Http } from './http.ts';
import type { ReleaseFile } from './release-files.ts';
import type { Flavor, HostedAsset, HostedRelease } from './release-host.ts';

const UUID = /^[0-9a-f-]{36}$/i;
/** Servers answer 404 for what a stranger may not see. */
const DOORS = new Set<unknown>([401, 403, 404]);

/** `root` without a slash at the end; may have a path. */
export function createGiteaFlavor(
  root: string,
  repository: string,
  token: string | undefined,
): Flavor {
  const api = `${root}/api/v1/repos/${escapePath(repository)}/releases`;
  const assetUrl = ({ id }: HostedRelease, asset: HostedAsset): string =>
    `${api}/${String(id)}/assets/${String(asset.id)}`;

  return {
    api,
    accept: 'application/json',
    authorization: token === undefined ? undefined : `token ${token}`,
    origins: [new URL(root).origin],
    assetUrl,
    upload: ({ id }, file) => ({
      url: `${api}/${String(id)}/assets?name=${encodeURIComponent(file.name)}`,
      body: formWith(file),
    }),
    async *read(http, release, asset) {
      const url = `${root}/${addressOf(repository, release, asset)}`;
      try {
        yield* download(http, url, asset);
      } catch (error) {
        // Versions 1.20 and 1.21 take a token for their API alone, and for files the old form of a password.
        const isRefused = error instanceof UpdateError && DOORS.has(error.details['status']);
        if (!isRefused || token === undefined) throw error;
        const basic = `Basic ${Buffer.from(`${token}:x-oauth-basic`).toString('base64')}`;
        yield* download(http, url, asset, basic);
      }
    },
  };
}

/** Refusals come before the first byte, so that a second try never follows half a file. */
function download(http: Http, url: string, { size }: HostedAsset, authorization?: string) {
  const call = { method: 'GET', url, accept: '*/*' } as const;
  return http.download(authorization === undefined ? call : { ...call, authorization }, size);
}

function addressOf(repository: string, release: HostedRelease, { uuid, name }: HostedAsset) {
  // By its id an asset is the one that is meant, even where another one has its name.
  if (typeof uuid === 'string' && UUID.test(uuid)) return `attachments/${uuid}`;
  return escapePath(`${repository}/releases/download/`) + escapePath(`${release.tag_name}/${name}`);
}

const escapePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** A form with one file, written by hand because its length must be known before its first byte is read. */
function formWith({ name, path, size }: ReleaseFile): Upload {
  if (/["\r\n]/.test(name)) throw failure('source-invalid', name, 'not the name of a file');
  const boundary = `pikit-${randomUUID()}`;
  const head = Buffer.from(
    `--${boundary}\r\ncontent-disposition: form-data; name="attachment"; filename="${name}"\r\n` +
      'content-type: application/octet-stream\r\n\r\n',
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    bytes: head.length + size + tail.length,
    type: `multipart/form-data; boundary=${boundary}`,
    async *pieces() {
      yield head;
      yield* createReadStream(path);
      yield tail;
    },
  };
}
