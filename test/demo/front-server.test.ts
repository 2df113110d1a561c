/** The stand-in for nginx must show a switch at once, pass everything on as nginx does, and answer 502 without an api. */
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listenOn } from '../support/listen-on.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait-for.ts';
import { startFrontServer, type FrontServer } from './front-server.ts';

let temp: TempDir;
let front: FrontServer;
let api: Server;
let apiUrl: string | undefined;
let closedStreams = 0;

beforeEach(async () => {
  temp = await makeTempDir();
  closedStreams = 0;
  api = createServer((request, response) => {
    if (request.url === '/api/events') {
      response.once('close', () => (closedStreams += 1));
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: first\n\n');
      return;
    }
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const { method, url, headers } = request;
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.statusCode = 202;
      response.end(JSON.stringify({ method, url, headers, body }));
    });
  });
  apiUrl = `http://127.0.0.1:${await listenOn(api, 0)}`;
  for (const version of ['old', 'new']) {
    await mkdir(join(temp.path, version, 'assets'), { recursive: true });
    await writeFile(join(temp.path, version, 'index.html'), version);
    await writeFile(join(temp.path, version, 'assets/app.js'), '1');
  }
  await symlink('old', join(temp.path, 'web'));
  const directory = join(temp.path, 'web');
  front = await startFrontServer({ directory, apiUrl: () => apiUrl, port: 0 });
});
afterEach(async () => {
  await front.close();
  api.closeAllConnections();
  api.close();
  await temp.remove();
});

describe('the dashboard', () => {
  it('is read through the symlink anew at each request', async () => {
    expect(await (await fetch(`${front.url}/`)).text()).toBe('old');
    await symlink('new', join(temp.path, 'next'));
    await rename(join(temp.path, 'next'), join(temp.path, 'web'));
    expect(await (await fetch(`${front.url}/`)).text()).toBe('new');
  });

  it('may be kept by browsers only where names are hashed', async () => {
    const page = await fetch(`${front.url}/index.html`);
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const script = await fetch(`${front.url}/assets/app.js`);
    expect(script.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(script.headers.get('cache-control')).toContain('immutable');
  });

  it.each([
    '/missing.js',
    '/assets',
    '/%2e%2e/secret',
    '/..%2fsecret',
    '/assets/..%2f..%2fsecret',
    '/%ff',
  ])('answers 404 to %s', async (path) => {
    await writeFile(join(temp.path, 'secret'), 'x');
    expect((await fetch(front.url + path)).status).toBe(404);
  });
});

describe('another site', () => {
  it('has headers of its own, and the api below a path of its own', async () => {
    const headers = { 'content-security-policy': "default-src 'self'" };
    const needs = { directory: join(temp.path, 'web'), apiUrl: () => apiUrl, port: 0 };
    const site = await startFrontServer({ ...needs, headers, prefix: '/box' });
    try {
      const page = await fetch(`${site.url}/`);
      expect(page.headers.get('content-security-policy')).toBe("default-src 'self'");
      const answer = await fetch(`${site.url}/box/api/session?a=1`);
      expect(await answer.json()).toMatchObject({ url: '/api/session?a=1' });
      expect((await fetch(`${site.url}/api/session`)).status).toBe(404);
    } finally {
      await site.close();
    }
  });
});

describe('what belongs to the api', () => {
  it('is passed on with method, body, Host and the forwarding headers', async () => {
    const response = await fetch(`${front.url}/api/session`, { method: 'POST', body: '{"a":1}' });
    expect(response.status).toBe(202);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.json()).toMatchObject({
      method: 'POST',
      url: '/api/session',
      body: '{"a":1}',
      headers: {
        host: new URL(front.url).host,
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'http',
      },
    });
  });

  it('replaces forwarding headers that a client made up', async () => {
    const headers = { 'x-forwarded-for': '10.9.9.9', 'x-forwarded-proto': 'https' };
    const response = await fetch(`${front.url}/api/x`, { headers });
    expect(await response.json()).toMatchObject({
      headers: { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' },
    });
  });

  it('keeps /updates in the path of its own files', async () => {
    const response = await fetch(`${front.url}/updates/pikit-updates.js?x=1`);
    expect(await response.json()).toMatchObject({ url: '/updates/pikit-updates.js?x=1' });
  });

  it('streams events without waiting for the end, and ends them when the browser leaves', async () => {
    const first = await new Promise<string>((resolve, reject) => {
      const request = httpRequest(`${front.url}/api/events`, (response) => {
        response.setEncoding('utf8').once('data', (text: string) => {
          resolve(text);
          request.destroy();
        });
      });
      request.on('error', reject).end();
    });
    expect(first).toBe('data: first\n\n');
    await waitFor('the stream to end at the api', () => closedStreams === 1);
  });

  it('is answered with 502 while the api is away or not known yet', async () => {
    await new Promise((resolve) => api.close(resolve));
    expect((await fetch(`${front.url}/api/health`)).status).toBe(502);
    apiUrl = undefined;
    const response = await fetch(`${front.url}/updates/`);
    expect(response.status).toBe(502);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
  });
});
