/**
 * A release server that speaks Gitea's API over real HTTP on the loopback interface, for tests and for the demo. It keeps
 * Gitea's surprises: "latest" is the newest and not the highest, If-Range is ignored, a deleted tag leaves a draft.
 */
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createFaultList, type Fault } from './faults.ts';
import type { StoredRelease } from './gitea-json.ts';
import { createGiteaRoutes } from './gitea-routes.ts';
import { listenOn } from './listen-on.ts';

export interface NewRelease {
  readonly version: string;
  /** Default `v<version>`. */
  readonly tag?: string;
  /** Markdown, the release's text on Gitea. */
  readonly notes?: string;
  readonly draft?: boolean;
  /** Default: whether the version has a pre-release part. */
  readonly prerelease?: boolean;
  /** ISO 8601; default now. */
  readonly createdAt?: string;
  /** `content` is a path on disk or the bytes themselves. */
  readonly assets: readonly { readonly name: string; readonly content: string | Uint8Array }[];
}

export interface RequestRecord {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly range: string | undefined;
  /** 0 while the answer has not begun, and for ever when it stalls before that. */
  status: number;
  /** Of the body, as far as it was handed to the network. */
  bytes: number;
}

export interface ReleaseServer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly repository: string;
  /** Every request so far, oldest first. */
  readonly requests: readonly RequestRecord[];
  /** Publishing a version again replaces it: new uuids, new bytes. */
  publish(release: NewRelease): void;
  /** Deletes the tag: the release stays as a draft, and nobody can download it. */
  withdraw(version: string): void;
  /** Returns a function that takes the fault away again. */
  fault(fault: Fault): () => void;
  /** Breaks off what is under way. */
  close(): Promise<void>;
}

interface Options {
  readonly repository?: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** What the server believes its own address to be; default: what it is. */
  readonly rootUrl?: string;
}

/** Rejects with Node's own error when the port is taken. */
export async function startReleaseServer(options: Options = {}): Promise<ReleaseServer> {
  const { repository = '44r0n7/pi-kit' } = options;
  const releases = new Map<string, StoredRelease>();
  const requests: RequestRecord[] = [];
  const faults = createFaultList();
  let lastId = 0;
  const nextId = (): number => (lastId += 1);

  const server = createServer();
  const url = `http://127.0.0.1:${await listenOn(server, options.port ?? 0)}`;
  const answer = createGiteaRoutes({
    rootUrl: options.rootUrl ?? url,
    repository,
    releases: () => [...releases.values()],
  });
  server.on('request', (request, response) => {
    const path = request.url ?? '/';
    const entry = record(request, response, path);
    requests.push(entry);
    answer({
      request,
      response,
      url: new URL(path, url),
      fault: faults.take(path),
      onBytes: (count) => (entry.bytes += count),
    }).catch(() => response.destroy()); // because a broken asset must fail the client, not hang it
  });

  return {
    url,
    repository,
    requests,
    publish(release) {
      releases.set(release.version, store(release, nextId));
    },
    withdraw(version) {
      const release = releases.get(version);
      if (release === undefined) throw new Error(`${version} was never published here`);
      releases.set(version, { ...release, draft: true });
    },
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

function store(release: NewRelease, nextId: () => number): StoredRelease {
  const { version } = release;
  return {
    id: nextId(),
    version,
    tag: release.tag ?? `v${version}`,
    notes: release.notes ?? '',
    draft: release.draft ?? false,
    prerelease: release.prerelease ?? version.includes('-'),
    createdAt: release.createdAt ?? new Date().toISOString(),
    assets: release.assets.map(({ name, content }) => ({
      id: nextId(),
      uuid: randomUUID(),
      name,
      content,
      size: typeof content === 'string' ? statSync(content).size : content.length,
    })),
  };
}

function record(request: IncomingMessage, response: ServerResponse, path: string): RequestRecord {
  const entry: RequestRecord = {
    method: request.method ?? 'GET',
    path,
    range: request.headers.range,
    status: 0,
    bytes: 0,
  };
  response.once('close', () => {
    if (response.headersSent) entry.status = response.statusCode;
  });
  return entry;
}
