/**
 * HTTP for publishing, in this file and nowhere else. One call, one request: nothing is tried again here. Silence, the size
 * of an answer and redirects are bounded, and the token goes to the origins that were named and to no other. By node:http
 * and not by fetch, which unpacks what a server labels as gzip, so that a bundle could not be compared byte for byte.
 */
import { UpdateError } from '@pikit/protocol';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { bodyFailure, failure, openFailure, statusFailure } from './http-failure.ts';
import { checkAddress, followRedirect, MAX_REDIRECTS } from './web-address.ts';

export interface Upload {
  /** Of all pieces together. */
  readonly bytes: number;
  readonly type: string;
  readonly pieces: () => AsyncIterable<Uint8Array>;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly accept?: string;
  /** Default: the one for all calls. */
  readonly authorization?: string;
  readonly body?: object | Upload;
}

export interface Reply {
  /** Undefined where there was none. */
  readonly document: unknown;
  /** The header, empty where there was none. */
  readonly link: string;
}

export interface Http {
  /** Rejects with `source-refused` for any status but 2xx, and `source-invalid` for what is no JSON. */
  readonly call: (call: Call) => Promise<Reply>;
  /** The body as it comes, through redirects; the same rejections, and `too-large` beyond `maxBytes`. */
  readonly download: (call: Call, maxBytes: number) => AsyncIterable<Uint8Array>;
}

interface Needs {
  readonly token: string;
  readonly authorization: string;
  /** Who may see the token. */
  readonly origins: readonly string[];
  /** How long nothing may move, in either direction. */
  readonly stallMs: number;
}

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const MAX_SAID = 300;

interface Exchange {
  readonly response: IncomingMessage;
  readonly status: number;
  /** Each piece counts as a sign of life. */
  readonly pieces: () => AsyncGenerator<Uint8Array, void, undefined>;
  /** Lets go of the connection, however much of it was read. */
  readonly end: () => void;
}

export function createHttp({ token, authorization, origins, stallMs }: Needs): Http {
  const open = async (call: Call): Promise<Exchange> => {
    checkAddress(call.url);
    const isTrusted = origins.includes(new URL(call.url).origin);
    const request = call.url.startsWith('https:') ? requestHttps : requestHttp;
    const sent = request(call.url, {
      method: call.method,
      // A connection of its own: one that was kept may be closed just now.
      agent: false,
      headers: {
        'user-agent': 'pikit-release',
        'accept-encoding': 'identity',
        accept: call.accept ?? 'application/json',
        ...(isTrusted ? { authorization: call.authorization ?? authorization } : {}),
        ...headersOf(call.body),
      },
    });
    const timer = setTimeout(() => {
      sent.destroy(failure('offline', call.url, `silent for ${String(stallMs)} ms`));
    }, stallMs);
    const end = (): void => {
      clearTimeout(timer);
      sent.destroy();
    };
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        sent.once('response', resolve);
        // A server may refuse before it has everything, and then the rest cannot be sent: the answer is what counts.
        sent.on('error', reject);
        const pieces = bodyOf(call.body, () => timer.refresh());
        pipeline(Readable.from(pieces, { objectMode: false }), sent).catch(reject);
      });
      timer.refresh();
      const { statusCode: status = 0 } = response;
      return { response, status, end, pieces: () => alive(response, call.url, timer) };
    } catch (error) {
      end();
      throw openFailure(error, call.url);
    }
  };

  /** A server may repeat what it was sent. */
  const hidden = (text: string): string => text.replaceAll(token, '***').slice(0, MAX_SAID);

  const assertOk = async (exchange: Exchange, url: string): Promise<void> => {
    const { status } = exchange;
    if (status >= 200 && status < 300) return;
    const text = await textOf(exchange, url).catch(() => ''); // because the status says enough
    throw statusFailure(url, status, hidden(messageIn(text)));
  };

  return {
    async call(call) {
      const exchange = await open(call);
      try {
        await assertOk(exchange, call.url);
        const text = await textOf(exchange, call.url);
        const { link } = exchange.response.headers;
        const document = text === '' ? undefined : parsed(text, call.url);
        return { document, link: typeof link === 'string' ? link : '' };
      } finally {
        exchange.end();
      }
    },

    async *download(call, maxBytes) {
      let exchange = await open(call);
      let { url } = call;
      try {
        for (let hops = 0; isRedirect(exchange); hops += 1) {
          exchange.end();
          if (hops === MAX_REDIRECTS) throw failure('source-invalid', url, 'redirects too often');
          url = followRedirect(url, exchange.response.headers.location);
          exchange = await open({ ...call, url });
        }
        await assertOk(exchange, url);
        let room = maxBytes;
        for await (const piece of exchange.pieces()) {
          room -= piece.length;
          if (room < 0) throw tooLarge(url, maxBytes);
          yield piece;
        }
      } finally {
        exchange.end();
      }
    },
  };
}

const isUpload = (body: object): body is Upload => 'pieces' in body;
const isRedirect = ({ status }: Exchange): boolean => [301, 302, 303, 307, 308].includes(status);

function headersOf(body: Call['body']): Record<string, string | number> {
  if (body === undefined) return {};
  if (isUpload(body)) return { 'content-type': body.type, 'content-length': body.bytes };
  const bytes = Buffer.byteLength(JSON.stringify(body));
  return { 'content-type': 'application/json', 'content-length': bytes };
}

async function* bodyOf(
  body: Call['body'],
  onPiece: () => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (body === undefined) return;
  if (!isUpload(body)) {
    yield Buffer.from(JSON.stringify(body));
    return;
  }
  for await (const piece of body.pieces()) {
    onPiece();
    yield piece;
  }
}

async function* alive(
  response: IncomingMessage,
  url: string,
  timer: NodeJS.Timeout,
): AsyncGenerator<Uint8Array, void, undefined> {
  const pieces: AsyncIterable<Uint8Array> = response;
  try {
    for await (const piece of pieces) {
      timer.refresh();
      yield piece;
    }
  } catch (error) {
    throw bodyFailure(error, url);
  }
}

async function textOf({ pieces }: Exchange, url: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces()) {
    size += piece.length;
    if (size > MAX_ANSWER_BYTES) throw tooLarge(url, MAX_ANSWER_BYTES);
    parts.push(piece);
  }
  return Buffer.concat(parts).toString();
}

function parsed(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw failure('source-invalid', url, 'does not answer with JSON', cause);
  }
}

/** Gitea and GitHub both explain a refusal in `message`. */
function messageIn(text: string): string {
  try {
    const { message }: { message?: unknown } = Object(JSON.parse(text));
    return typeof message === 'string' ? message : '';
  } catch {
    // because a page of HTML explains nothing
    return '';
  }
}

function tooLarge(url: string, limit: number): UpdateError {
  const { message, details } = failure('too-large', url, `more than ${String(limit)} bytes`);
  return new UpdateError('too-large', message, { details: { ...details, limit } });
}
