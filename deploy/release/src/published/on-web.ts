/** What stands on a plain web server, in the layout of `publish --dir`: an index, and a folder for each version. */
import { ChannelSchema, Sha256Schema, VersionSchema } from '@pikit/protocol';
import * as v from 'valibot';
import { failure } from '../publish/http-failure.ts';
import type { Http } from '../publish/http.ts';
import { INDEX_NAME } from '../publish/release-index.ts';
import type { PublishedRelease } from './published-release.ts';

/** Ten thousand releases. */
const MAX_INDEX_BYTES = 2 * 1024 * 1024;

const IndexSchema = v.object({
  format: v.literal(1),
  releases: v.array(
    v.object({ version: VersionSchema, channel: ChannelSchema, manifestSha256: Sha256Schema }),
  ),
});

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

function parseIndex(text: string, url: string): v.InferOutput<typeof IndexSchema> {
  try {
    return v.parse(IndexSchema, JSON.parse(text));
  } catch (cause) {
    throw failure('source-invalid', url, 'not an index of releases', cause);
  }
}
