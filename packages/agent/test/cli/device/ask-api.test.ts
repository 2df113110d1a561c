/** Where the api is, and what it answers: a real server. */
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { listenOn } from '../../../../../test/support/listen-on.ts';
import { addressOf, askApi } from '../../../src/cli/device/ask-api.ts';

describe('addressOf', () => {
  it.each([
    ['', 'http://127.0.0.1:8421'],
    ['[listen]\nport = 80', 'http://127.0.0.1:80'],
    ['[listen]\nhost = "0.0.0.0"', 'http://127.0.0.1:8421'],
    ['[listen]\nhost = "::"', 'http://[::1]:8421'],
    ['[listen]\nhost = "10.0.0.2"\nport = 1', 'http://10.0.0.2:1'],
    ['no toml at all [', 'http://127.0.0.1:8421'],
  ])('%j: %s', (text, address) => {
    expect(addressOf(text)).toBe(address);
  });
});

async function answering<T>(status: number, body: string, work: (url: string) => Promise<T>) {
  const server = createServer((_request, response) => {
    response.writeHead(status).end(body);
  });
  const port = await listenOn(server, 0);
  try {
    return await work(`http://127.0.0.1:${String(port)}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const HEALTH = { version: '1.0.0', agent: 'reachable', current: null };

describe('askApi', () => {
  it('hears how it is', async () => {
    const answer = await answering(200, JSON.stringify(HEALTH), (url) => askApi(url, 60_000));
    expect(answer).toEqual({ kind: 'answer', ...HEALTH });
  });

  it('knows an answer that is not the api’s', async () => {
    const answer = await answering(404, '{}', (url) => askApi(url, 60_000));
    expect(answer).toEqual({ kind: 'failure', reason: 'status 404, and not its health' });
    const page = await answering(200, '<html>', (url) => askApi(url, 60_000));
    expect(page.kind).toBe('failure');
  });

  it('asks nobody where the port is chosen at the start', async () => {
    expect(await askApi(addressOf('[listen]\nport = 0'), 60_000)).toEqual({ kind: 'anywhere' });
  });

  it('says why nobody answers', async () => {
    const url = await answering(200, '', (gone) => Promise.resolve(gone));
    expect(await askApi(url, 60_000)).toEqual({ kind: 'failure', reason: 'ECONNREFUSED' });
  });
});
