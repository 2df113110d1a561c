/** What stands on a plain web server, in the layout of `publish --dir`: an index, and a folder for each version. */
import {
  INDEX_NAME,
  MAX_INDEX_BYTES,
  ReleaseIndexSchema,
  type ReleaseIndex,
} from '@pikit/protocol/release-index';
import * as v from 'valibot';
import { failure } from '../publish/http-failure.ts';
import type { Http } from '../publish/http.ts';
import type { PublishedRelease } from './published-release.ts';

/** `address` is that of the directory. Throws `source-refused`, `source-invalid`, `offline`, `too-large`. */
export async function listOnWeb(address: string, http: Http): Promise<readonly PublishedRelease[]> {
  const root = address.replace(/\/+$/, '');
  const read = (path: string, maxBytes: number): AsyncIterable<Uint8Array> =>
    http.download({ method: 'GET', url: `${root}/${path}`, accept: '*/*' }, maxBytes);

  const index = parseIndex(
    await textOf(read(INDEX_NAME, MAX_INDEX_BYTES)),
    `${root}/${INDEX_NAME}`,
  );
  return index.releases.map(({ version, channel, manifestSha256 }) => ({
    version,
    channel,
    manifestSha256,
    read: (name, maxBytes) =>
      read(`${encodeURIComponent(version)}/${encodeURIComponent(name)}`, maxBytes),
  }));
}

async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts).toString();
}

function parseIndex(text: string, url: string): ReleaseIndex {
  try {
    return v.parse(ReleaseIndexSchema, JSON.parse(text));
  } catch (cause) {
    throw failure('source-invalid', url, 'not an index of releases', cause);
  }
}
