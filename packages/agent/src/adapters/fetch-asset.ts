/** A small file of a release, whole: what a server answers in its place becomes a code. Its content is for the caller to judge. */
import { UpdateError, type Version } from '@pikit/protocol';
import type { Http } from './http.ts';
import { statusFailure } from './http-failure.ts';

interface Wanted {
  readonly version: Version;
  readonly name: string;
  readonly address: string;
  readonly maxBytes: number;
  /** See `getBytes`. */
  readonly listing: string | undefined;
}

/** Codes of `getBytes`; `no-such-release` where the server does not have it (any more), `source-invalid` for a web page. */
export async function fetchAsset(
  http: Http,
  { version, name, address, maxBytes, listing }: Wanted,
  signal: AbortSignal,
): Promise<Uint8Array> {
  try {
    // GitHub's API describes a file unless it is asked for just this.
    const accept = 'application/octet-stream';
    const document = await http.getBytes(address, { maxBytes, accept, signal, listing });
    if (!document.isHtml) return document.bytes;
    if (document.redirected) throw statusFailure(address, 200);
    throw invalid(address, `a web page instead of ${name}`);
  } catch (error) {
    const gone = error instanceof UpdateError && error.details['status'] === 404;
    if (!gone) throw error;
    throw new UpdateError('no-such-release', error.message, {
      cause: error,
      details: { version },
    });
  }
}

export function invalid(url: string, reason: string, cause?: unknown): UpdateError {
  return new UpdateError('source-invalid', `${url}: ${reason}`, {
    cause,
    details: { url, reason },
  });
}
