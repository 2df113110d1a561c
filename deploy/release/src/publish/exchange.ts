/**
 * One request and its answer, the only place of this program that speaks HTTP. The token goes to the origins that were named
 * and to no other, and silence ends it. By node:http and not by fetch, which unpacks what a server labels as gzip, so that a
 * bundle could not be compared byte for byte.
 */
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { bodyFailure, failure, openFailure } from './http-failure.ts';
import { checkAddress } from './web-address.ts';

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

export interface Credentials {
  /** Undefined where there is no token. */
  readonly authorization: string | undefined;
  /** Who may see the token. */
  readonly origins: readonly string[];
  /** How long nothing may move, in either direction. */
  readonly stallMs: number;
}

export interface Exchange {
  readonly response: IncomingMessage;
  readonly status: number;
  /** Each piece counts as a sign of life. */
  readonly pieces: () => AsyncGenerator<Uint8Array, void, undefined>;
  /** Lets go of the connection, however much of it was read. */
  readonly end: () => void;
}

/** Rejects with `offline` or `source-invalid` when there is no answer; any status is one. */
export async function openExchange(
  call: Call,
  { authorization, origins, stallMs }: Credentials,
): Promise<Exchange> {
  checkAddress(call.url, authorization !== undefined);
  const told = origins.includes(new URL(call.url).origin)
    ? (call.authorization ?? authorization)
    : undefined;
  const request = call.url.startsWith('https:') ? requestHttps : requestHttp;
  const sent = request(call.url, {
    method: call.method,
    // A connection of its own: one that was kept may be closed just now.
    agent: false,
    headers: {
      'user-agent': 'pikit-release',
      'accept-encoding': 'identity',
      accept: call.accept ?? 'application/json',
      ...(told === undefined ? {} : { authorization: told }),
      ...headersOf(call.body),
    },
  });
  const timer = setTimeout(() => {
    sent.destroy(failure('offline', call.url, `silent for ${String(stallMs / 1000)} s`));
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
}

const isUpload = (body: object): body is Upload => 'pieces' in body;

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
