/**
 * A release server that speaks Gitea's API over real HTTP on the loopback interface, for tests and for the demo. It keeps
 * Gitea's surprises: "latest" is the newest and not the highest, If-Range is ignored, a deleted tag leaves a draft.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createFaultList, type Fault } from './faults.ts';
import type { StoredRelease } from './gitea-json.ts';
import { createGiteaRoutes } from './gitea-routes.ts';
import { listenOn } from './listen-on.ts';
import { createReleaseStore, type NewRelease } from './release-store.ts';

export interface RequestRecord {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
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
  /** What is there now, however it came there. */
  releases(): readonly StoredRelease[];
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
  /** For publishing over HTTP, and for drafts; default: nobody can publish, and everybody sees drafts. */
  readonly token?: string;
  /** As in Gitea 1.20 and 1.21: for files the token must come as a password, else it is asked to sign in. */
  readonly isTokenForApiAlone?: boolean;
}

/** Rejects with Node's own error when the port is taken. */
export async function startReleaseServer(options: Options = {}): Promise<ReleaseServer> {
  const { repository = '44r0n7/pi-kit' } = options;
  const store = createReleaseStore();
  const requests: RequestRecord[] = [];
  const faults = createFaultList();

  const server = createServer();
  const url = `http://127.0.0.1:${await listenOn(server, options.port ?? 0)}`;
  const answer = createGiteaRoutes({
    rootUrl: options.rootUrl ?? url,
    repository,
    store,
    token: options.token,
    isTokenForApiAlone: options.isTokenForApiAlone ?? false,
  });
  server.on('request', (request, response) => {
    const path = request.url ?? '/';
    const entry = record(request, response, path);
    requests.push(entry);
    answer({
      request,
      response,
      url: new URL(path, url),
      fault: faults.take(entry.method, path),
      onBytes: (count) => (entry.bytes += count),
    }).catch(() => response.destroy()); // because a broken asset must fail the client, not hang it
  });

  return {
    url,
    repository,
    requests,
    releases: store.all,
    publish(release) {
      for (const { id, version } of store.all()) {
        if (version === release.version) store.remove(id);
      }
      store.add(release);
    },
    withdraw(version) {
      const release = store.all().find((one) => one.version === version);
      if (release === undefined) throw new Error(`${version} was never published here`);
      store.change(release.id, { draft: true });
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

function record(request: IncomingMessage, response: ServerResponse, path: string): RequestRecord {
  const entry: RequestRecord = {
    method: request.method ?? 'GET',
    path,
    range: request.headers.range,
    authorization: request.headers.authorization,
    status: 0,
    bytes: 0,
  };
  response.once('close', () => {
    if (response.headersSent) entry.status = response.statusCode;
  });
  return entry;
}
