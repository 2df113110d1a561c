/**
 * Looks at the running release as an outsider does: does the page answer, do the files load that it names, does the api
 * say the new version. One look; asking again is the caller's business.
 */
import { UpdateError } from '@pikit/protocol';
import type { Prober } from '../ports.ts';
import { errnoOf } from './disk-failure.ts';
import { shownUrl } from './http-failure.ts';
import { pageAssets } from './page-assets.ts';

const MAX_BODY_BYTES = 2 * 1024 * 1024;
const MAX_ASSETS = 100;
const ASSETS_AT_ONCE = 6;
const REQUEST_TIMEOUT_MS = 10_000;

interface Options {
  readonly requestTimeoutMs?: number;
}

function failed(url: string, reason: string, cause?: unknown): UpdateError {
  const shown = shownUrl(url);
  return new UpdateError('probe-failed', `${shown}: ${reason}`, {
    cause,
    details: { url: shown, reason },
  });
}

/** fetch hides the reason in its cause. */
function reasonOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = errnoOf(at);
    if (code !== undefined) return code;
  }
  return error instanceof Error ? error.message : String(error);
}

const isHtml = (response: Response): boolean =>
  response.headers.get('content-type')?.includes('text/html') === true;

async function readBody(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw failed(url, `larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function checkVersion(body: string, url: string, field: string, version: string): void {
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch (cause) {
    throw failed(url, 'does not answer with JSON', cause);
  }
  const said: unknown =
    typeof document === 'object' && document !== null && Object.hasOwn(document, field)
      ? Reflect.get(document, field)
      : undefined;
  if (said === version) return;
  const shown = said === undefined ? 'nothing' : JSON.stringify(said).slice(0, 100);
  throw failed(url, `${field} is ${shown}, not "${version}"`);
}

export function createProber({ requestTimeoutMs = REQUEST_TIMEOUT_MS }: Options = {}): Prober {
  /** Runs `look` on a successful answer; whatever goes wrong becomes `probe-failed`, an abort stays one. */
  const get = async <T>(
    url: string,
    signal: AbortSignal,
    look: (response: Response) => Promise<T>,
  ): Promise<T> => {
    // Not by `AbortSignal.timeout`: joined with another signal it is held by nobody, and may be collected before it fires.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), requestTimeoutMs);
    try {
      const response = await fetch(url, {
        headers: { 'cache-control': 'no-cache' },
        signal: AbortSignal.any([signal, late.signal]),
      });
      if (!response.ok) {
        await response.body?.cancel();
        throw failed(url, `answered ${response.status}`);
      }
      return await look(response);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof UpdateError) throw error;
      throw failed(url, late.signal.aborted ? 'no answer in time' : reasonOf(error), error);
    } finally {
      clearTimeout(timer);
    }
  };

  const checkAsset = (url: string, signal: AbortSignal): Promise<void> =>
    get(url, signal, async (response) => {
      await response.body?.cancel();
      // A server that answers every unknown path with its start page would hide a missing file.
      if (isHtml(response)) throw failed(url, 'is a web page, not the file that the page names');
    });

  const checkAssets = async (html: string, pageUrl: string, signal: AbortSignal): Promise<void> => {
    const assets = pageAssets(html, pageUrl).slice(0, MAX_ASSETS);
    for (let index = 0; index < assets.length; index += ASSETS_AT_ONCE) {
      const some = assets.slice(index, index + ASSETS_AT_ONCE);
      await Promise.all(some.map((asset) => checkAsset(asset, signal)));
    }
  };

  return {
    async probe({ url, assets, versionField }, version, signal) {
      const page = await get(url, signal, async (response) => ({
        url: response.url,
        isHtml: isHtml(response),
        body: await readBody(response, url),
      }));
      if (assets) {
        if (!page.isHtml) throw failed(url, 'is not a web page');
        await checkAssets(page.body, page.url, signal);
      }
      if (versionField !== undefined && version !== undefined) {
        checkVersion(page.body, url, versionField, version);
      }
    },
  };
}
