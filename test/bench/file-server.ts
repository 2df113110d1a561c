/**
 * A web server over a directory, as quick as Node makes one: parts, conditional requests, connections that stay open. What the
 * peers fetch comes from it, and it counts. Not for strangers: it does not look where links lead.
 */
import { createReadStream, statSync, type Stats } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join, normalize } from 'node:path';
import type { TrafficMeter } from './traffic.ts';

const CHUNK_BYTES = 256 * 1024;

export function createFileServer(directory: string, meter: TrafficMeter): Server {
  const server = createServer((request, response) => {
    meter.request();
    answer(directory, request, response);
  });
  server.keepAliveTimeout = 60_000;
  return server.on('connection', meter.connection);
}

function answer(directory: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const path = join(directory, normalize(decodeURIComponent(pathname)));
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() !== true) {
    response.writeHead(404, { 'content-length': 0 }).end();
    return;
  }
  const etag = `"${stats.mtimeMs.toString(16)}-${stats.size.toString(16)}"`;
  const modified = new Date(Math.floor(stats.mtimeMs / 1000) * 1000);
  response.setHeader('etag', etag).setHeader('last-modified', modified.toUTCString());
  response.setHeader('accept-ranges', 'bytes');
  const { headers } = request;
  const since = Date.parse(headers['if-modified-since'] ?? '');
  const known = headers['if-none-match'];
  // Who names an entity tag is not judged by the time.
  if (known === undefined ? since >= modified.getTime() : known === etag) {
    response.writeHead(304).end();
    return;
  }
  send(path, stats, request, response);
}

function send(
  path: string,
  { size }: Stats,
  { headers, method }: IncomingMessage,
  response: ServerResponse,
): void {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
  const isPart = first !== undefined;
  const start = Number(first ?? 0);
  const end = Math.min(size - 1, last === undefined || last === '' ? size - 1 : Number(last));
  if (isPart && start > end) {
    response.writeHead(416, { 'content-range': `bytes */${String(size)}` }).end();
    return;
  }
  if (isPart) response.setHeader('content-range', `bytes ${start}-${end}/${size}`);
  response.setHeader('content-length', end - start + 1);
  response.setHeader('content-type', 'application/octet-stream');
  response.writeHead(isPart ? 206 : 200);
  if (method === 'HEAD' || size === 0) response.end();
  else createReadStream(path, { start, end, highWaterMark: CHUNK_BYTES }).pipe(response);
}
