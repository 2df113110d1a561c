/**
 * As much of GitHub as publishing and devices need, over real HTTP on the loopback interface, with its surprises: uploads go
 * to another host that each release names, files are passed on to a store that refuses a token, the pages know no token,
 * drafts are no obstacle to another draft of the same tag, and only publishing the second one is.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createFaultList, type Fault } from './faults.ts';
import { newestFirst, paged, type StoredAsset, type StoredRelease } from './gitea-json.ts';
import { listenOn } from './listen-on.ts';
import { bodyOf, membersOf, sentRelease } from './publishing-request.ts';
import { createReleaseStore, type ReleaseStore } from './release-store.ts';
import { serveAsset } from './serve-asset.ts';

export interface GithubServer {
  /** Of the API, without a slash at the end. */
  readonly url: string;
  readonly uploadUrl: string;
  readonly repository: string;
  readonly store: ReleaseStore;
  /** `METHOD host:path` of each request, with ` +token` where it came with one. */
  readonly requests: readonly string[];
  /** Of the path as `requests` has it: `host:path`. Returns a function that takes the fault away again. */
  fault(fault: Fault): () => void;
  close(): Promise<void>;
}

type Answer = readonly [status: number, document?: unknown, headers?: Record<string, string>];
type Route = (request: IncomingMessage, url: URL) => Promise<Answer | StoredAsset>;

const REPOSITORY = 'octo/pi-kit';
const API = `/repos/${REPOSITORY}/releases`;
const DOWNLOADS = `/${REPOSITORY}/releases/download`;

/** Without a token the repository is public, and nobody may publish. */
export async function startGithubServer(token?: string): Promise<GithubServer> {
  const store = createReleaseStore();
  const requests: string[] = [];
  const faults = createFaultList();
  const hosts = { api: '', uploads: '', files: '', pages: '' };
  const servers = await Promise.all([
    listening('api', apiRoute(store, hosts)),
    listening('uploads', uploadRoute(store, hosts)),
    listening('files', fileRoute(store)),
    listening('pages', pageRoute(store, hosts, token === undefined)),
  ]);

  const isAllowed = (name: keyof typeof hosts, { method, headers }: IncomingMessage): boolean => {
    if (name === 'files' || name === 'pages') return true;
    return token === undefined ? method === 'GET' : headers.authorization === `Bearer ${token}`;
  };

  async function listening(name: keyof typeof hosts, route: Route) {
    const server = createServer();
    hosts[name] = `http://127.0.0.1:${String(await listenOn(server, 0))}`;
    server.on('request', (request, response) => {
      const { authorization } = request.headers;
      const told = authorization === undefined ? '' : ' +token';
      const { method = '', url: path = '/' } = request;
      requests.push(`${method} ${name}:${path}${told}`);
      const fault = faults.take(method, `${name}:${path}`);
      const answering = async (): Promise<void> => {
        if (fault.stall === true) return;
        const refused = fault.status === undefined ? undefined : ([fault.status] as const);
        const allowed = isAllowed(name, request) ? undefined : NOT_FOUND;
        const answer = refused ?? allowed ?? (await route(request, new URL(path, hosts[name])));
        if ('uuid' in answer) {
          await serveAsset({ request, response, asset: answer, fault, onBytes: () => undefined });
        } else {
          send(response, answer);
        }
      };
      answering().catch(() => response.destroy()); // because a broken request must fail the client, not hang it
    });
    return server;
  }

  return {
    url: hosts.api,
    uploadUrl: hosts.uploads,
    repository: REPOSITORY,
    store,
    requests,
    fault: (fault) => faults.add(fault),
    async close() {
      for (const server of servers) {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        await closed;
      }
    },
  };
}

interface Hosts {
  readonly api: string;
  readonly uploads: string;
  readonly files: string;
  /** What people look at. */
  readonly pages: string;
}

const NOT_FOUND: Answer = [404, { message: 'Not Found' }];
const TAKEN: Answer = [
  422,
  { message: 'Validation Failed', errors: [{ code: 'already_exists', field: 'tag_name' }] },
];

function apiRoute(store: ReleaseStore, hosts: Hosts): Route {
  const isTaken = (tag: string | undefined, id?: number): boolean =>
    store.all().some((release) => !release.draft && release.tag === tag && release.id !== id);
  const shown = (status: number, release: StoredRelease | undefined): Answer =>
    release === undefined ? NOT_FOUND : [status, releaseJson(release, hosts)];

  return async (request, url) => {
    const [, kind, id = ''] = /^\/?(assets\/)?(\d+)?$/.exec(url.pathname.slice(API.length)) ?? [];
    if (!url.pathname.startsWith(API)) return NOT_FOUND;
    const number = Number(id);
    const release = store.all().find((one) => one.id === number);
    switch (`${request.method ?? ''} ${kind ?? (id === '' ? 'list' : 'release')}`) {
      case 'GET list': {
        const { items, headers } = paged(newestFirst(store.all()), perPage(url));
        return [200, items.map((one) => releaseJson(one, hosts)), headers];
      }
      case 'POST list': {
        const sent = await sentRelease(request);
        const { tag_name: tag = '', name = tag } = sent;
        if (isTaken(tag)) return TAKEN;
        const { id: added } = store.add({ version: name, tag, assets: [] });
        return shown(201, store.change(added, { draft: false, ...membersOf(sent) }));
      }
      case 'GET release':
        return shown(200, release);
      case 'PATCH release': {
        const sent = await sentRelease(request);
        if (sent.draft === false && isTaken(release?.tag, number)) return TAKEN;
        return shown(200, store.change(number, membersOf(sent)));
      }
      case 'GET assets/': {
        const asset = assetsOf(store).find((one) => one.id === number);
        if (asset === undefined) return NOT_FOUND;
        // Whoever does not ask for the bytes is told about them.
        if (request.headers.accept !== 'application/octet-stream')
          return [200, assetJson(asset, hosts)];
        return passedOn(asset, hosts);
      }
      case 'DELETE assets/': {
        const owner = store.all().find(({ assets }) => assets.some((one) => one.id === number));
        if (owner === undefined) return NOT_FOUND;
        store.change(owner.id, { assets: owner.assets.filter((one) => one.id !== number) });
        return [204];
      }
      default:
        return NOT_FOUND;
    }
  };
}

const assetsOf = (store: ReleaseStore): readonly StoredAsset[] =>
  store.all().flatMap(({ assets }) => assets);

/** GitHub's name for what Gitea calls `limit`. */
function perPage(url: URL): URL {
  const own = new URL(url);
  own.searchParams.set('limit', url.searchParams.get('per_page') ?? '30');
  return own;
}

function uploadRoute(store: ReleaseStore, hosts: Hosts): Route {
  return async (request, url) => {
    const id = Number(/\/(\d+)\/assets$/.exec(url.pathname)?.[1]);
    const name = url.searchParams.get('name') ?? '';
    // Chunked uploads are refused, and so is a second file of the same name.
    if (request.headers['content-length'] === undefined) return [411, { message: 'no length' }];
    const content = await bodyOf(request);
    if (store.all().some((one) => one.id === id && one.assets.some((two) => two.name === name))) {
      return [422, { message: 'already_exists' }];
    }
    const asset = store.attach(id, { name, content });
    return asset === undefined ? NOT_FOUND : [201, assetJson(asset, hosts)];
  };
}

function fileRoute(store: ReleaseStore): Route {
  return (request, url) => {
    // As S3 does: an address that is signed admits no second proof of who asks.
    if (request.headers.authorization !== undefined) return Promise.resolve([400]);
    const asset = assetsOf(store).find(({ uuid }) => url.pathname === `/${uuid}`);
    return Promise.resolve(asset ?? NOT_FOUND);
  };
}

/** They know who looks by a cookie alone: a token is nobody's, and a private file not there. */
function pageRoute(store: ReleaseStore, hosts: Hosts, isPublic: boolean): Route {
  return async (request, url) => {
    if (!isPublic || request.headers.authorization !== undefined) return NOT_FOUND;
    const release = store
      .all()
      .find(({ draft, tag }) => !draft && url.pathname.startsWith(`${DOWNLOADS}/${tag}/`));
    const name = decodeURIComponent(url.pathname.slice(url.pathname.lastIndexOf('/') + 1));
    const asset = release?.assets.find((one) => one.name === name);
    return asset === undefined ? NOT_FOUND : passedOn(asset, hosts);
  };
}

const passedOn = ({ uuid }: StoredAsset, { files }: Hosts): Answer => [
  302,
  undefined,
  { location: `${files}/${uuid}?signature=x` },
];

function releaseJson(release: StoredRelease, hosts: Hosts): object {
  const { id, tag, version, notes, draft, prerelease, createdAt, assets } = release;
  return {
    id,
    tag_name: tag,
    name: version,
    body: notes,
    draft,
    prerelease,
    created_at: createdAt,
    published_at: draft ? null : createdAt,
    url: `${hosts.api}${API}/${String(id)}`,
    html_url: `https://github.example/${REPOSITORY}/releases/tag/${tag}`,
    upload_url: `${hosts.uploads}${API}/${String(id)}/assets{?name,label}`,
    assets: assets.map((asset) => assetJson(asset, hosts, tag)),
  };
}

function assetJson(
  { id, name, size, content }: StoredAsset,
  hosts: Hosts,
  tag = 'untagged',
): object {
  return {
    id,
    name,
    size,
    state: 'uploaded',
    digest: `sha256:${createHash('sha256').update(content).digest('hex')}`,
    url: `${hosts.api}${API}/assets/${String(id)}`,
    browser_download_url: `${hosts.pages}${DOWNLOADS}/${tag}/${encodeURIComponent(name)}`,
  };
}

function send(response: ServerResponse, [status, document, headers = {}]: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(document === undefined ? undefined : JSON.stringify(document));
}
