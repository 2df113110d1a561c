/**
 * Sends one release asset as Gitea does (`modules/httplib/serve.go`): ETag from the uuid, a single Range, If-Range
 * ignored, and whichever faults a test asked for. Streamed, so that a large bundle costs no memory.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './faults.ts';
import type { StoredAsset } from './gitea-json.ts';

interface Span {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

interface Delivery {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly asset: StoredAsset;
  readonly fault: Fault;
  /** Called for each piece of the body that was handed to the network. */
  readonly onBytes: (count: number) => void;
}

export async function serveAsset(delivery: Delivery): Promise<void> {
  const { request, response, asset, fault } = delivery;
  const size = Math.min(asset.size, fault.truncateLength ?? asset.size);
  const etag = `"${fault.changeEtag === undefined ? asset.uuid : randomUUID()}"`;
  response.setHeader('etag', etag);
  response.setHeader('accept-ranges', 'bytes');
  response.setHeader('content-type', 'application/octet-stream');
  response.setHeader('content-disposition', `attachment; filename="${asset.name}"`);
  if (fault.gzipLabel) response.setHeader('content-encoding', 'gzip');
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end();
    return;
  }
  if (fault.endless) {
    await sendForEver(delivery);
    return;
  }
  const range = fault.ignoreRange ? undefined : request.headers.range;
  const span = range === undefined ? { start: 0, end: size } : parseRange(range, size);
  if (span === undefined) {
    // Gitea answers with a line of text and without Content-Range.
    response.removeHeader('content-disposition');
    response.writeHead(416, { 'content-type': 'text/plain; charset=utf-8' });
    response.end('invalid range: failed to overlap\n');
    return;
  }
  const partial = range !== undefined;
  if (partial) response.setHeader('content-range', `bytes ${span.start}-${span.end - 1}/${size}`);
  response.writeHead(partial ? 206 : 200, { 'content-length': span.end - span.start });
  if (request.method === 'HEAD') response.end();
  else await sendBody(delivery, span);
}

/** One range only; undefined when it does not overlap. Several ranges are answered with the first one. */
function parseRange(header: string, size: number): Span | undefined {
  const match = /^bytes=(\d*)-(\d*)/.exec(header);
  const [, first = '', last = ''] = match ?? [];
  if (match === null || (first === '' && last === '')) return undefined;
  if (first === '') return { start: Math.max(0, size - Number(last)), end: size };
  const start = Number(first);
  const end = last === '' ? size : Math.min(size, Number(last) + 1);
  return start < size && start < end ? { start, end } : undefined;
}

async function sendBody(delivery: Delivery, span: Span): Promise<void> {
  const { response, asset, fault, onBytes } = delivery;
  const stopAt = fault.cutAfterBytes ?? (typeof fault.stall === 'number' ? fault.stall : undefined);
  const length = Math.min(span.end - span.start, stopAt ?? Number.POSITIVE_INFINITY);
  for await (const chunk of pieces(asset, { start: span.start, end: span.start + length }, fault)) {
    if (response.destroyed) return;
    onBytes(chunk.length);
    if (!response.write(chunk)) await drained(response);
  }
  if (fault.cutAfterBytes !== undefined) {
    // The bytes written so far must reach the client before the connection breaks.
    await flushed(response);
    response.destroy();
  } else if (typeof fault.stall !== 'number') {
    response.end();
  }
}

/** Of random bytes, so that they are no valid beginning of anything. */
async function sendForEver({ response, onBytes }: Delivery): Promise<void> {
  const piece = randomBytes(64 * 1024);
  response.writeHead(200);
  while (!response.destroyed) {
    onBytes(piece.length);
    if (!response.write(piece)) await drained(response);
  }
}

async function* pieces(asset: StoredAsset, span: Span, fault: Fault): AsyncGenerator<Uint8Array> {
  if (span.end <= span.start) return;
  if (fault.heldUntil !== undefined) {
    const middle = span.start + Math.ceil((span.end - span.start) / 2);
    yield* source(asset, { start: span.start, end: middle });
    await fault.heldUntil;
    yield* source(asset, { start: middle, end: span.end });
    return;
  }
  const perSecond = fault.slowBytesPerSecond;
  for await (const chunk of source(asset, span)) {
    if (perSecond === undefined) {
      yield chunk;
      continue;
    }
    const step = Math.max(1, Math.ceil(perSecond / 20));
    for (let offset = 0; offset < chunk.length; offset += step) {
      yield chunk.subarray(offset, offset + step);
      await sleep(50);
    }
  }
}

function source({ content }: StoredAsset, { start, end }: Span): AsyncIterable<Uint8Array> {
  if (typeof content !== 'string') return Readable.from([content.subarray(start, end)]);
  // `end` of a read stream is inclusive.
  return createReadStream(content, { start, end: end - 1 });
}

async function drained(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    const go = (): void => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.once('drain', go).once('close', go);
  });
}

async function flushed(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    response.once('close', resolve);
    response.write('', () => {
      resolve();
    });
  });
}
