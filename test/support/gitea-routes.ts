/** Which request to the release server gets which answer: Gitea's API, its download addresses and its release page. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from './faults.ts';
import { listed, newestFirst, paged, releaseJson, type StoredRelease } from './gitea-json.ts';
import { releasePage } from './release-page.ts';
import { serveAsset } from './serve-asset.ts';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly fault: Fault;
  readonly onBytes: (count: number) => void;
}

interface Needs {
  readonly rootUrl: string;
  readonly repository: string;
  readonly releases: () => readonly StoredRelease[];
}

const HTML = 'text/html; charset=utf-8';
const TEXT = 'text/plain; charset=utf-8';
const PORTAL = '<!doctype html><title>Guest Wi-Fi</title><h1>Welcome! Please sign in.</h1>';

/** Faults that replace the whole answer come first; the others are the asset's business. */
export function createGiteaRoutes({ rootUrl, repository, releases }: Needs) {
  const api = `/api/v1/repos/${repository}/releases`;
  const web = `/${repository}/releases`;
  const published = (): readonly StoredRelease[] =>
    newestFirst(releases()).filter(({ draft }) => !draft);

  return async (exchange: Exchange): Promise<void> => {
    const { fault, request } = exchange;
    const path = decodeURIComponent(exchange.url.pathname);
    if (fault.stall === true) return;
    if (fault.html) send(exchange, 200, HTML, PORTAL);
    else if (fault.status !== undefined) refuse(exchange, fault.status);
    else if (request.method !== 'GET' && request.method !== 'HEAD') refuse(exchange, 405);
    else if (path === api) sendList(exchange);
    else if (path.startsWith(`${api}/`)) sendOne(exchange, path.slice(api.length + 1));
    else if (path.startsWith(`${web}/tag/`)) sendPage(exchange, path);
    else await sendAsset(exchange, path);
  };

  // Drafts are in the list, as for a token that may write: the harder case for a client.
  function sendList(exchange: Exchange): void {
    const { response, url } = exchange;
    const page = paged(listed(releases(), url.searchParams), url);
    for (const [name, value] of Object.entries(page.headers)) response.setHeader(name, value);
    const items = page.items.map((release) => releaseJson(release, { rootUrl, repository }));
    sendJson(exchange, 200, items);
  }

  function sendOne(exchange: Exchange, which: string): void {
    const release =
      which === 'latest'
        ? published().find(({ prerelease }) => !prerelease)
        : published().find(({ id, tag }) => which === `tags/${tag}` || which === String(id));
    if (release === undefined) refuse(exchange, 404);
    else sendJson(exchange, 200, releaseJson(release, { rootUrl, repository }));
  }

  function sendPage(exchange: Exchange, path: string): void {
    const release = published().find(({ tag }) => path === `${web}/tag/${tag}`);
    if (release === undefined) send(exchange, 404, TEXT, 'Not found.\n');
    else send(exchange, 200, HTML, releasePage(release));
  }

  async function sendAsset(exchange: Exchange, path: string): Promise<void> {
    for (const release of published()) {
      for (const asset of release.assets) {
        const address = `${web}/download/${release.tag}/${asset.name}`;
        if (path !== address && path !== `/attachments/${asset.uuid}`) continue;
        await serveAsset({ ...exchange, asset });
        return;
      }
    }
    send(exchange, 404, TEXT, 'Not found.\n');
  }
}

function refuse(exchange: Exchange, status: number): void {
  sendJson(exchange, status, {
    message: status === 404 ? "The target couldn't be found." : `refused with ${status}`,
    url: `${exchange.url.origin}/api/swagger`,
  });
}

function sendJson(exchange: Exchange, status: number, document: unknown): void {
  send(exchange, status, 'application/json;charset=utf-8', JSON.stringify(document));
}

function send(exchange: Exchange, status: number, type: string, text: string): void {
  const { response, request, onBytes } = exchange;
  const body = Buffer.from(text);
  response.writeHead(status, { 'content-type': type, 'content-length': body.length });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  onBytes(body.length);
  response.end(body);
}
