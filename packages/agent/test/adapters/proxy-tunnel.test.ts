/** A way through a real proxy, and what it is called when there is none. */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { listenOn } from '../../../../test/support/listen-on.ts';
import { startProxyServer } from '../../../../test/support/proxy-server.ts';
import { credentialsOf, openTunnel } from '../../src/adapters/proxy-tunnel.ts';

type ProxyOptions = Parameters<typeof startProxyServer>[0];

async function withProxy<T>(
  options: ProxyOptions,
  work: (proxy: URL, asked: Awaited<ReturnType<typeof startProxyServer>>['asked']) => Promise<T>,
): Promise<T> {
  const proxy = await startProxyServer(options);
  try {
    return await work(new URL(`http://us%40er:p%3Ass@127.0.0.1:${proxy.port}`), proxy.asked);
  } finally {
    await proxy.close();
  }
}

const to = (port: number, timeoutMs = 5000) => ({ host: 'release.invalid', port, timeoutMs });

describe('credentialsOf', () => {
  it.each([
    ['us%40er:p%3Ass', 'us@er:p:ss'],
    ['user', 'user:'],
    // As curl takes them, and as people write them.
    ['user:50%off', 'user:50%off'],
    ['user:%e4%', 'user:\u00e4%'],
  ])('of %s are %s', (written, meant) => {
    const pair = Buffer.from(meant, 'latin1').toString('base64');
    expect(credentialsOf(new URL(`http://${written}@proxy`))).toEqual({
      'proxy-authorization': `Basic ${pair}`,
    });
  });

  it('are none where none are written', () => {
    expect(credentialsOf(new URL('http://proxy'))).toEqual({});
  });
});

describe('openTunnel', () => {
  it('leads to a server that only the proxy finds', () =>
    withProxy({ credentials: 'us@er:p:ss' }, async (proxy, asked) => {
      const server = createServer((_request, response) => response.end('here'));
      const port = await listenOn(server, 0);
      const socket = await openTunnel(proxy, to(port));
      socket.write('GET / HTTP/1.0\r\n\r\n');
      expect(await text(socket)).toContain('here');
      expect(asked).toMatchObject([
        { method: 'CONNECT', target: `release.invalid:${port}`, headers: credentialsOf(proxy) },
      ]);
      server.close();
    }));

  it.each([
    [407, 'proxy-failed', { status: 407, reason: 'answered 407' }],
    [403, 'proxy-failed', { status: 403, reason: 'answered 403' }],
    [502, 'offline', { url: 'https://release.invalid:443', reason: 'the proxy answered 502' }],
    [504, 'offline', { reason: 'the proxy answered 504' }],
  ] as const)('says of a proxy that answers %i: %s', (status, code, details) =>
    withProxy({ status }, async (proxy) => {
      const error = await expectCode(openTunnel(proxy, to(443)), code);
      expect(error.details).toMatchObject(details);
      expect(`${error.message} ${JSON.stringify(error.details)}`).not.toMatch(/er:|p:ss|p%3A/);
    }),
  );

  it('does not wait for ever', () =>
    withProxy({ isSilent: true }, async (proxy) => {
      const error = await expectCode(openTunnel(proxy, to(443, 200)), 'proxy-failed');
      expect(error.details['reason']).toBe('silent');
    }));

  it('names a proxy that is not there', async () => {
    const gone = await expectCode(
      openTunnel(new URL('http://user:secret@127.0.0.1:1'), to(443)),
      'proxy-failed',
    );
    expect(gone.details).toEqual({ proxy: 'http://127.0.0.1:1/', reason: 'ECONNREFUSED' });
    const unknown = openTunnel(new URL('http://proxy.invalid:3128'), to(443));
    expect((await expectCode(unknown, 'proxy-failed')).details['proxy']).toContain('proxy.invalid');
  });
});
