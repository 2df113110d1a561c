/**
 * The calls that publishing makes, over exchanges: an answer in JSON, or a file. Nothing is tried again here, and sizes and
 * redirects are bounded.
 */
import { UpdateError } from '@pikit/protocol';
import { openExchange, type Call, type Credentials, type Exchange } from './exchange.ts';
import { failure, statusFailure } from './http-failure.ts';
import { followRedirect, MAX_REDIRECTS } from './web-address.ts';

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

interface Needs extends Credentials {
  /** Never shown, not even where a server repeats it. */
  readonly token: string | undefined;
}

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const MAX_SAID = 300;

export function createHttp(needs: Needs): Http {
  const open = (call: Call): Promise<Exchange> => openExchange(call, needs);

  /** A server may repeat what it was sent. */
  const hidden = (text: string): string => {
    const { token } = needs;
    return (token === undefined ? text : text.replaceAll(token, '***')).slice(0, MAX_SAID);
  };

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
          // Gitea sends a stranger there, and that page would look like a file.
          if (new URL(url).pathname.endsWith('/user/login'))
            throw statusFailure(call.url, 401, 'asks to sign in');
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

const isRedirect = ({ status }: Exchange): boolean => [301, 302, 303, 307, 308].includes(status);

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
