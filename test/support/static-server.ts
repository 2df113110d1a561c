/**
 * A plain web server over a directory, on the loopback interface: what `publish --dir` makes is fetched from such a one. It
 * lists no directory, and has the faults of the release server.
 */
import { statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, normalize } from 'node:path';
import { refuse, send, type Exchange } from './exchange.ts';
import { createFaultList, type Fault } from './faults.ts';
import { listenOn } from './listen-on.ts';
import { serveAsset } from './serve-asset.ts';

export interface StaticServer {
  /** Without a slash at the end. */
  readonly url: string;
  /** `METHOD path` of each request, with ` +token` where it came with one. */
  readonly requests: readonly string[];
  /** Returns a function that takes the fault away again. */
  fault(fault: Fault): () => void;
  /** Breaks off what is under way. */
  close(): Promise<void>;
}

export async function startStaticServer(directory: string): Promise<StaticServer> {
  const requests: string[] = [];
  const faults = createFaultList();
  const server = createServer();
  const url = `http://127.0.0.1:${String(await listenOn(server, 0))}`;
  server.on('request', (request, response) => {
    const { method = 'GET', url: path = '/' } = request;
    requests.push(
      `${method} ${path}${request.headers.authorization === undefined ? '' : ' +token'}`,
    );
    const exchange = {
      request,
      response,
      url: new URL(path, url),
      fault: faults.take(method, path),
      onBytes: () => undefined,
    };
    answer(exchange, directory).catch(() => response.destroy()); // because a broken file must fail the client, not hang it
  });
  return {
    url,
    requests,
    fault: (fault) => faults.add(fault),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function answer(exchange: Exchange, directory: string): Promise<void> {
  const { fault, url } = exchange;
  const path = decodeURIComponent(url.pathname);
  const content = join(directory, normalize(path));
  const stats = statSync(content, { throwIfNoEntry: false });
  if (fault.stall === true) return;
  if (fault.html) send(exchange, 200, 'text/html', '<!doctype html><h1>Please sign in.</h1>');
  else if (fault.status !== undefined) refuse(exchange, fault.status);
  else if (stats?.isFile() !== true) send(exchange, 404, 'text/html', '<h1>Not found</h1>');
  else {
    const [name, size] = [path.slice(path.lastIndexOf('/') + 1), stats.size];
    await serveAsset({ ...exchange, asset: { id: 0, uuid: path, name, size, content } });
  }
}
