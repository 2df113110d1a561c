/**
 * HTTP over got, which nothing else imports. Redirects are followed here, by our rule: got 14 would send credentials
 * along from https to http. Retries are ours too, because got's know nothing of Range. Bodies are never decompressed:
 * some servers label a .tar.gz as gzip-encoded, and its hash is of the file.
 */
import { got } from 'got';
import type { ClientRequest } from 'node:http';
import type { Clock, Disk } from '../ports.ts';
import { createDownload } from './download.ts';
import type { RouteTo, Route } from './connections.ts';
import { readEagerly } from './eager-body.ts';
import { createGetBytes } from './fetch-bytes.ts';
import { createFetchPart } from './fetch-part.ts';
import {
  bodyFailure,
  creepFailure,
  isUnanswered,
  openFailure,
  proxyFailure,
  shownUrl,
} from './http-failure.ts';
import type { Http, HttpAnswer, OpenUrl, RetryPolicy } from './http.ts';
import type { KeptAnswers } from './kept-answers.ts';
import type { Pauses } from './pauses.ts';
import { checkAddress, followRedirect, MAX_REDIRECTS, tooManyRedirects } from './redirect-rule.ts';
import { refuseCreeping, type LeastRate } from './unhurried-body.ts';

const CONNECT_TIMEOUT_MS = 15_000;
const DOWNLOAD_RETRY: RetryPolicy = { tries: 6, firstDelayMs: 1000, longestDelayMs: 30_000 };
const DOCUMENT_RETRY: RetryPolicy = { tries: 3, firstDelayMs: 500, longestDelayMs: 2000 };
/**
 * 1 KiB a second on average: the slowest GPRS has that, and with less the smallest dashboard takes half an hour. Over a minute,
 * because a train in a tunnel is silent for half of one; longer where the operator has more patience with silence.
 */
const LEAST_BYTES_PER_SECOND = 1024;
const LEAST_RATE_OVER_MS = 60_000;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

interface Needs {
  readonly userAgent: string;
  /** The configured address: plain http is spoken only if this is http. */
  readonly source: string;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly routeTo: RouteTo;
  readonly pauses: Pauses;
  readonly answers: KeptAnswers;
  /** Silence that counts as broken. There is no limit on a whole transfer. */
  readonly stallTimeoutMs?: number;
  /** Less than this is silence, too. */
  readonly leastRate?: LeastRate;
  /** The value of an Authorization header, for the source's own origin and over https only. */
  readonly authorization?: () => Promise<string>;
  readonly downloadRetry?: RetryPolicy;
  readonly documentRetry?: RetryPolicy;
}

type Raw = Omit<HttpAnswer, 'redirected' | 'from'>;

/** The stream's errors must always have a listener, also when nobody reads any more. */
const ignore = (): void => undefined;

function leastRateFor(stallTimeoutMs: number): LeastRate {
  const withinMs = Math.max(LEAST_RATE_OVER_MS, 2 * stallTimeoutMs);
  return { bytes: (LEAST_BYTES_PER_SECOND * withinMs) / 1000, withinMs };
}

async function* bodyOf(
  bytes: AsyncIterable<Uint8Array>,
  url: string,
  signal: AbortSignal,
  pace: { readonly rate: LeastRate; readonly clock: Clock },
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* refuseCreeping(bytes, { ...pace, tooSlow: () => creepFailure(url) });
  } catch (error) {
    signal.throwIfAborted();
    throw bodyFailure(error, url);
  }
}

const requestWith =
  (userAgent: string, stallTimeoutMs: number) =>
  (
    url: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
    send: Route['send'],
  ) =>
    got.stream(url, {
      request: send,
      headers: { ...headers, 'user-agent': userAgent, 'accept-encoding': 'identity' },
      signal,
      decompress: false,
      strictContentLength: true,
      throwHttpErrors: false,
      followRedirect: false,
      retry: { limit: 0 },
      timeout: {
        lookup: CONNECT_TIMEOUT_MS,
        connect: CONNECT_TIMEOUT_MS,
        secureConnect: CONNECT_TIMEOUT_MS,
        response: stallTimeoutMs,
        socket: stallTimeoutMs,
      },
    });

export function createHttp(needs: Needs): Http {
  const { userAgent, clock, disk, routeTo, pauses, answers, stallTimeoutMs = 30_000 } = needs;
  const pace = { rate: needs.leastRate ?? leastRateFor(stallTimeoutMs), clock };

  const request = requestWith(userAgent, stallTimeoutMs);

  const openOnce = async (
    url: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Raw> => {
    signal.throwIfAborted();
    const { send, speaksTo } = await routeTo(url);
    let sent: ClientRequest | undefined;
    const stream = request(url, headers, signal, (...how) => (sent = send(...how)));
    stream.on('error', ignore);
    let bytes: AsyncIterable<Uint8Array>;
    try {
      bytes = await new Promise((resolve, reject) => {
        stream.once('response', () => resolve(readEagerly(stream)));
        stream.once('error', reject);
      });
    } catch (error) {
      signal.throwIfAborted();
      const unanswered = isUnanswered(error);
      // The server has closed a connection that was kept, in the very moment; each such ends with its first use.
      if (unanswered !== undefined && sent?.reusedSocket === true) {
        return openOnce(url, headers, signal);
      }
      if (unanswered !== undefined && speaksTo !== undefined) {
        throw proxyFailure(speaksTo.href, unanswered, error);
      }
      throw openFailure(error, url, clock.now());
    }
    const { response } = stream;
    if (response === undefined) throw openFailure(new Error('no response'), url, clock.now());
    return {
      status: response.statusCode,
      header: (name) => {
        const value = response.headers[name];
        return Array.isArray(value) ? value.join(', ') : value;
      },
      body: bodyOf(bytes, url, signal, pace),
      discard: () => stream.destroy(),
    };
  };

  const common = { open: createOpen(needs, openOnce), clock, pauses };
  const retry = needs.downloadRetry ?? DOWNLOAD_RETRY;
  return {
    getBytes: createGetBytes({ ...common, answers, retry: needs.documentRetry ?? DOCUMENT_RETRY }),
    download: createDownload({ ...common, disk, retry }),
    part: createFetchPart({ ...common, retry }),
  };
}

type OpenOnce = (...parameters: Parameters<OpenUrl>) => Promise<Raw>;

/** Follows redirects, leaves alone who wants that, and shows the secret to nobody but the source. */
function createOpen({ source, authorization, pauses }: Needs, openOnce: OpenOnce): OpenUrl {
  const { protocol, origin } = new URL(source);
  const allowHttp = protocol === 'http:';
  return async (url, headers, signal) => {
    checkAddress(url, allowHttp);
    let at = url;
    // Once away from the source, what leads back to it was chosen by somebody else.
    let isHome = !allowHttp;
    for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
      isHome &&= new URL(at).origin === origin;
      const secret = isHome ? await authorization?.() : undefined;
      const all = secret === undefined ? headers : { ...headers, authorization: secret };
      await pauses.keep(at);
      const answer = await openOnce(at, all, signal);
      if (!REDIRECTS.has(answer.status)) return { ...answer, redirected: hops > 0, from: at };
      answer.discard();
      at = followRedirect(at, answer.header('location'), allowHttp);
    }
    throw tooManyRedirects(shownUrl(url));
  };
}
