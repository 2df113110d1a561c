/**
 * Which request to the release server gets which answer: Gitea's API, its download addresses and its release page. What
 * changes anything is asked of `gitea-publishing.ts`, and drafts are for whoever has the token, if there is one.
 */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { refuse, send, sendJson, type Exchange } from './exchange.ts';
import {
  listed,
  newestFirst,
  paged,
  releaseJson,
  type StoredAsset,
  type StoredRelease,
} from './gitea-json.ts';
import { createGiteaPublishing } from './gitea-publishing.ts';
import { releasePage } from './release-page.ts';
import type { ReleaseStore } from './release-store.ts';
import { serveAsset } from './serve-asset.ts';

interface Needs {
  readonly rootUrl: string;
  readonly repository: string;
  readonly store: ReleaseStore;
  /** Who may write and see drafts. Without one nobody may write, and everybody sees them. */
  readonly token: string | undefined;
  /** Gitea 1.20 and 1.21 took the token for their API alone, and for files only as a password. */
  readonly isTokenForApiAlone: boolean;
}

const HTML = 'text/html; charset=utf-8';
const TEXT = 'text/plain; charset=utf-8';
const LOGIN = '/user/login';
const PORTAL = '<!doctype html><title>Guest Wi-Fi</title><h1>Welcome! Please sign in.</h1>';

/** Faults that replace the whole answer come first; the others are the asset's business. */
export function createGiteaRoutes(needs: Needs) {
  const { rootUrl, repository, store, token } = needs;
  const api = `/api/v1/repos/${repository}/releases`;
  const web = `/${repository}/releases`;
  const place = { rootUrl, repository };
  const publishing = createGiteaPublishing({ place, store });
  const published = (): readonly StoredRelease[] =>
    newestFirst(store.all()).filter(({ draft }) => !draft);
  const isAllowed = tokenCheck(needs);
  /** Drafts are in the list for a token that may write, and where there is none: the harder case for a client. */
  const visible = (exchange: Exchange): readonly StoredRelease[] =>
    token === undefined || isAllowed(exchange) ? store.all() : published();

  return async (exchange: Exchange): Promise<void> => {
    const { fault, request } = exchange;
    const path = decodeURIComponent(exchange.url.pathname);
    const isApi = path === api || path.startsWith(`${api}/`);
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (fault.stall === true) return;
    setHeaders(exchange.response, fault.headers ?? {});
    if (fault.html) send(exchange, 200, HTML, PORTAL);
    else if (fault.status !== undefined) refuse(exchange, fault.status);
    else if (!isRead) await change(exchange, isApi ? path.slice(api.length) : undefined);
    else if (path === api) sendList(exchange);
    else if (isApi) sendOne(exchange, path.slice(api.length + 1));
    else if (path.startsWith(`${web}/tag/`)) sendPage(exchange, path);
    else await sendAsset(exchange, path);
  };

  async function change(exchange: Exchange, rest: string | undefined): Promise<void> {
    if (token === undefined || rest === undefined) refuse(exchange, 405);
    else if (!isAllowed(exchange)) refuse(exchange, 401);
    else await publishing(exchange, rest);
  }

  function sendList(exchange: Exchange): void {
    const { response, url } = exchange;
    const { items, headers } = paged(listed(visible(exchange), url.searchParams), url);
    setHeaders(response, headers);
    const list = items.map((release) => releaseJson(release, place));
    if (!isKnown(exchange, list)) sendJson(exchange, 200, list);
  }

  function sendOne(exchange: Exchange, which: string): void {
    const known = token === undefined ? published() : visible(exchange);
    const release =
      which === 'latest'
        ? published().find(({ prerelease }) => !prerelease)
        : known.find(
            ({ id, tag, draft }) => (!draft && which === `tags/${tag}`) || which === String(id),
          );
    if (release === undefined) refuse(exchange, 404);
    else sendJson(exchange, 200, releaseJson(release, place));
  }

  function sendPage(exchange: Exchange, path: string): void {
    const release = published().find(({ tag }) => path === `${web}/tag/${tag}`);
    if (release === undefined) send(exchange, 404, TEXT, 'Not found.\n');
    else send(exchange, 200, HTML, releasePage(release));
  }

  async function sendAsset(exchange: Exchange, path: string): Promise<void> {
    const known = isAllowed(exchange, true) ? store.all() : published();
    const asset = assetAt(path, web, known);
    if (asset === undefined) sendNoAsset(exchange, path, needs.isTokenForApiAlone);
    else await serveAsset({ ...exchange, asset });
  }
}

function setHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

/** Says so, where the client has just this list, and the server is one that can tell. */
function isKnown({ request, response, fault }: Exchange, list: unknown): boolean {
  if (fault.listEtag === undefined) return false;
  const etag = `"${createHash('sha256').update(JSON.stringify(list)).digest('hex')}"`;
  response.setHeader('etag', etag);
  if (request.headers['if-none-match'] !== etag) return false;
  response.writeHead(304).end();
  return true;
}

function sendNoAsset(exchange: Exchange, path: string, isSentToLogin: boolean): void {
  if (path === LOGIN) send(exchange, 200, HTML, PORTAL);
  else if (isSentToLogin) exchange.response.writeHead(303, { location: LOGIN }).end();
  else send(exchange, 404, TEXT, 'Not found.\n');
}

function assetAt(
  path: string,
  web: string,
  releases: readonly StoredRelease[],
): StoredAsset | undefined {
  for (const { tag, assets } of releases) {
    const asset = assets.find(
      ({ name, uuid }) =>
        path === `${web}/download/${tag}/${name}` || path === `/attachments/${uuid}`,
    );
    if (asset !== undefined) return asset;
  }
  return undefined;
}

/** Whether a request comes with the token, in a form that counts for the API or for a file. */
function tokenCheck({ token, isTokenForApiAlone }: Needs) {
  const basic = `Basic ${Buffer.from(`${token ?? ''}:x-oauth-basic`).toString('base64')}`;
  return ({ request }: Exchange, isFile = false): boolean => {
    const { authorization = '' } = request.headers;
    if (token === undefined) return false;
    if (authorization === basic) return true;
    const isTold = authorization === `token ${token}` || authorization === `Bearer ${token}`;
    return isTold && !(isFile && isTokenForApiAlone);
  };
}
