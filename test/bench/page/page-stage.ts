/** A server of two pages, with the element and without, and of a device that answers slowly, so that what is seen at once is the page's own. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import statuses from '../../../packages/ui/src/mock/mock-update-status.json' with { type: 'json' };

export interface PageStage {
  readonly url: (page: 'with' | 'without') => string;
  readonly close: () => void;
}

const UI = 'packages/ui/dist';
const ELEMENT = 'pikit-updates.js';
/** Milliseconds: longer than anything that counts as at once. */
const SLOW_ANSWER_MS = 2000;

const pageOf = (body: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Bench</title><h1>A page</h1>${body}</html>`;

const PAGES: Readonly<Record<string, string>> = {
  '/without.html': pageOf(''),
  '/with.html': pageOf(
    `<script type="module" src="/${ELEMENT}"></script><pikit-updates></pikit-updates>`,
  ),
};

const READS: Readonly<Record<string, unknown>> = {
  '/api/session': { signedIn: true },
  '/api/update/status': { ...statuses.available, agent: 'reachable' },
  '/api/update/notes': { releases: [] },
};

function answer(response: ServerResponse, type: string, body: string | Buffer): void {
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

/** The element, and what it loads later, by their addresses. */
async function scriptsIn(directory: string): Promise<ReadonlyMap<string, Buffer>> {
  const names = await readdir(join(directory, 'assets'));
  const paths = [ELEMENT, ...names.map((name) => `assets/${name}`)];
  const scripts = paths.filter((path) => path.endsWith('.js'));
  return new Map(
    await Promise.all(
      scripts.map(async (path) => [`/${path}`, await readFile(join(directory, path))] as const),
    ),
  );
}

/** `root` is the checkout, built. */
export async function openPageStage(root: string): Promise<PageStage> {
  const scripts = await scriptsIn(join(root, UI));
  const server = createServer(({ url = '/', method }, response) => {
    const page = PAGES[url];
    const script = scripts.get(url);
    if (page !== undefined) answer(response, 'text/html', page);
    else if (script !== undefined) answer(response, 'text/javascript', script);
    else if (url === '/api/update/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    } else if (method === 'GET') {
      answer(response, 'application/json', JSON.stringify(READS[url] ?? {}));
    } else setTimeout(() => answer(response, 'application/json', '{}'), SLOW_ANSWER_MS);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (page) => `http://127.0.0.1:${String(port)}/${page}.html`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
