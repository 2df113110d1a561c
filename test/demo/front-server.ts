/**
 * Stands in for nginx in the demo and in browser tests: serves the installed dashboard from its target, reading through
 * the symlinks anew at each request, and passes `/api/*` and `/updates/*` on to the api without holding anything back.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { extname, join, normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { listenOn } from '../support/listen-on.ts';

export interface FrontServer {
  /** Without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

interface Options {
  /** The dashboard's target, for example `<root>/var/www/pikit-web`. It may be a symlink, and may change under us. */
  readonly directory: string;
  /** Asked at each request, because the api's port is known only when it runs. */
  readonly apiUrl: () => string | undefined;
  /** 0 takes a free one. Rejects with Node's own error when the port is taken. */
  readonly port: number;
  /** Sent with each file of the dashboard, for example a content security policy. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the api's paths hang, for a site that has something else at `/api/`: `/box` for `/box/api/…`. Default: nowhere. */
  readonly prefix?: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

export async function startFrontServer(options: Options): Promise<FrontServer> {
  const { directory, apiUrl, port, headers = {}, prefix = '' } = options;
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const apiPath = path.startsWith(prefix) ? path.slice(prefix.length) : '';
    const work = belongsToApi(apiPath)
      ? passOn(apiUrl(), apiPath, request, response)
      : serveFile(directory, headers, request, response);
    work.catch(() => response.destroy()); // because the file or the api went away in the middle of the answer
  });
  const url = `http://127.0.0.1:${await listenOn(server, port)}`;
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        // An open event stream would keep the server alive for ever.
        server.closeAllConnections();
      }),
  };
}

/** Paths are passed on unchanged but for the prefix, as nginx does; anything else is the dashboard's. */
function belongsToApi(path: string): boolean {
  return path.startsWith('/api/') || path.startsWith('/updates/');
}

async function serveFile(
  directory: string,
  headers: Readonly<Record<string, string>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    page(response, 405, 'Method not allowed');
    return;
  }
  const file = fileOf(directory, request.url ?? '/');
  const size = file === undefined ? undefined : await sizeOf(file);
  if (file === undefined || size === undefined) {
    page(response, 404, 'Not found');
    return;
  }
  response.writeHead(200, {
    ...headers,
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-length': size,
    // Hashed names never change their content; everything else must be asked for again after an update.
    'cache-control': file.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(file), response);
}

/** Undefined for what cannot be a file of the dashboard; a path never leaves the directory by its text. */
function fileOf(directory: string, url: string): string | undefined {
  let path: string;
  try {
    path = decodeURIComponent(url.split('?')[0] ?? '/');
  } catch {
    return undefined; // because a malformed escape names no file
  }
  if (path.includes('\0')) return undefined;
  const clean = normalize(path.startsWith('/') ? path : `/${path}`);
  return join(directory, clean.endsWith('/') ? `${clean}index.html` : clean);
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    const found = await stat(file);
    return found.isFile() ? found.size : undefined;
  } catch {
    return undefined; // because an absent file is an ordinary 404
  }
}

async function passOn(
  apiUrl: string | undefined,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (apiUrl === undefined) {
    page(response, 502, 'Bad gateway');
    return;
  }
  const upstream = httpRequest(new URL(path, apiUrl), {
    method: request.method,
    headers: {
      ...request.headers, // Host among them, or the same-origin check would fail
      'x-forwarded-for': request.socket.remoteAddress ?? '127.0.0.1',
      'x-forwarded-proto': 'http',
    },
  });
  // The browser closed the tab: the api must learn it, so that its event stream ends.
  response.once('close', () => upstream.destroy());
  const answered = new Promise<IncomingMessage | undefined>((resolve) => {
    upstream.once('response', resolve);
    upstream.once('error', () => {
      resolve(undefined);
    });
  });
  request.pipe(upstream);
  const answer = await answered;
  if (answer === undefined) {
    page(response, 502, 'Bad gateway');
    return;
  }
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  // The first event may be long in coming; the page wants to know at once that the stream is open.
  response.flushHeaders();
  await pipeline(answer, response);
}

function page(response: ServerResponse, status: number, title: string): void {
  if (response.destroyed || response.headersSent) return;
  const body = `<!doctype html><title>${status} ${title}</title><h1>${status} ${title}</h1>\n`;
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}
