/** Other web pages: under which names this device answers, whose requests may change something, and what a browser may do. */
import { expect } from 'vitest';
import { expectProblem, type Row } from './row.ts';
import type { Headers, Reply, RunningApi } from './running-api.ts';

const health = (api: RunningApi, headers: Headers): Promise<Reply> =>
  api.ask('GET', '/api/health', { headers });

/** A command with a session; without `Origin` unless it is given. */
const check = async (api: RunningApi, headers: Headers): Promise<Reply> =>
  api.ask('POST', '/api/update/check', { headers: { cookie: await api.cookie(), ...headers } });

const OTHER_ORIGIN = { reason: 'other-origin' };

const HOSTS: readonly Row[] = [
  {
    id: 'own',
    requires: 'it answers to what can only be this device: addresses, names without a dot, *.local',
    holds: async (api) => {
      const fine = [
        '127.0.0.1',
        '192.168.1.7:8421',
        '[::1]',
        '[fd00::7]:8421',
        'localhost:1',
        'pi',
        'PI.',
        'pi.local',
        'Pi.Local.:80',
        'a.localhost',
      ];
      for (const host of fine)
        expect([host, (await health(api, { host })).status]).toEqual([host, 200]);
    },
  },
  {
    id: 'own',
    requires: 'a name that somebody can buy is refused, in every spelling, against DNS rebinding',
    holds: async (api) => {
      const foreign = [
        'evil.example',
        'evil.example:8421',
        'EVIL.example.',
        '127.0.0.1.evil.example',
        'pi.local.evil.example',
        'xlocalhost.example',
        'evil.example#.local',
      ];
      for (const host of foreign) {
        const reply = await health(api, { host });
        expect([host, reply.status === 403 || reply.status === 400]).toEqual([host, true]);
        expect(reply.text).not.toContain('version');
      }
      expectProblem(await health(api, { host: 'evil.example' }), 403, 'forbidden', {
        reason: 'unknown-host',
      });
    },
  },
  {
    id: 'own',
    requires: 'names that the owner has listed are answered, and none that merely contain them',
    with: { settings: 'allowed_hosts = ["pi.example.org"]' },
    holds: async (api) => {
      expect((await health(api, { host: 'pi.example.org' })).status).toBe(200);
      expect((await health(api, { host: 'PI.example.org.:8421' })).status).toBe(200);
      for (const host of ['x.pi.example.org', 'pi.example.org.evil.example', 'example.org']) {
        expectProblem(await health(api, { host }), 403, 'forbidden', { reason: 'unknown-host' });
      }
    },
  },
  {
    id: '14.5.2 (of 5.0: 4.1.3)',
    requires: 'no other header stands in for Host',
    holds: async (api) => {
      const names = [
        'x-forwarded-host',
        'forwarded',
        'x-host',
        'x-original-host',
        'x-http-host-override',
      ];
      for (const name of names) {
        const reply = await health(api, { host: 'evil.example', [name]: 'localhost' });
        expectProblem(reply, 403, 'forbidden', { reason: 'unknown-host' });
        const origin = 'http://evil.example';
        expectProblem(
          await check(api, { origin, [name]: 'evil.example' }),
          403,
          'forbidden',
          OTHER_ORIGIN,
        );
      }
    },
  },
];

const ORIGINS: readonly Row[] = [
  {
    id: '4.2.2, 13.2.3',
    requires: 'a command comes from the page itself or not at all',
    holds: async (api) => {
      expect((await check(api, { origin: api.url() })).status).toBe(200);
      const port = api.port();
      const foreign = [
        'null',
        '',
        'http://evil.example',
        `http://127.0.0.1:${port + 1}`,
        `http://127.0.0.1.evil.example:${port}`,
        `http://localhost:${port}`,
        '127.0.0.1',
        'file://',
        `http://evil.example/${api.url()}`,
      ];
      for (const origin of foreign) {
        expectProblem(await check(api, { origin }), 403, 'forbidden', OTHER_ORIGIN);
      }
      expectProblem(await check(api, {}), 403, 'forbidden', OTHER_ORIGIN);
      const referer = `${api.url()}/`;
      expectProblem(await check(api, { referer }), 403, 'forbidden', OTHER_ORIGIN);
    },
  },
  {
    id: '4.2.2',
    requires:
      'the page behind a proxy that speaks https sends https as its origin, and that is right',
    holds: async (api) => {
      const https = { 'x-forwarded-proto': 'https' };
      const signedIn = await api.write(
        'POST',
        '/api/session',
        { password: 'correct horse battery' },
        { host: 'pi.local', origin: 'https://pi.local', ...https },
      );
      const cookie = signedIn.headers['set-cookie']?.[0]?.split(';')[0];
      for (const [host, origin] of [
        ['pi.local', 'https://pi.local'],
        ['pi.local:8443', 'https://pi.local:8443'],
        ['[fd00::7]', 'https://[fd00::7]'],
      ]) {
        expect((await check(api, { cookie, host, origin, ...https })).status).toBe(200);
      }
      const elsewhere = await check(api, {
        cookie,
        host: 'pi.local',
        origin: 'https://pi.local:8443',
        ...https,
      });
      expectProblem(elsewhere, 403, 'forbidden', OTHER_ORIGIN);
    },
  },
  {
    id: 'own',
    requires: 'where the browser itself says from where a request comes, its word counts',
    holds: async (api) => {
      for (const site of [
        'cross-site',
        'same-site',
        '',
        'same-origin, cross-site',
        'SAME-ORIGIN',
      ]) {
        const headers = { origin: api.url(), 'sec-fetch-site': site };
        expectProblem(await check(api, headers), 403, 'forbidden', OTHER_ORIGIN);
      }
      expect((await check(api, { 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    },
  },
  {
    id: '14.5.3',
    requires: 'no page of another origin may read an answer: there is no CORS',
    holds: async (api) => {
      const cookie = await api.cookie();
      const asked: readonly [string, string][] = [
        ['GET', '/api/update/status'],
        ['GET', '/api/health'],
        ['GET', '/'],
        ['OPTIONS', '/api/update/check'],
      ];
      for (const [method, path] of asked) {
        const headers = {
          cookie,
          origin: 'http://evil.example',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization',
        };
        const reply = await api.ask(method, path, { headers });
        const names = Object.keys(reply.headers);
        expect(names.filter((name) => name.startsWith('access-control-'))).toEqual([]);
        if (method === 'OPTIONS') expect(reply.status).toBe(405);
      }
    },
  },
];

const ANSWERS = [
  '/',
  '/api/health',
  '/api/update/status',
  '/api/nowhere',
  '/metrics',
  '/nowhere',
  '/assets/app-0a1b2c3d.js',
];

/** Each of these, whatever is answered. */
const onEveryAnswer =
  (holds: (headers: Reply['headers'], path: string) => void) => async (api: RunningApi) => {
    for (const path of ANSWERS) holds((await api.ask('GET', path)).headers, path);
  };

const directivesOf = (headers: Reply['headers']): ReadonlyMap<string, string> =>
  new Map(
    String(headers['content-security-policy'] ?? '')
      .split(/; */)
      .filter((part) => part !== '')
      .map((part) => [part.split(' ')[0] ?? '', part.split(' ').slice(1).join(' ')]),
  );

const HEADERS: readonly Row[] = [
  {
    id: '14.4.3',
    requires: 'a policy lets the page run and load its own files and nothing else',
    holds: onEveryAnswer((headers) => {
      const policy = directivesOf(headers);
      expect(String(headers['content-security-policy'])).not.toMatch(/unsafe-|data:|blob:|\*|http/);
      expect(policy.get('default-src')).toBe("'self'");
      expect(policy.get('script-src') ?? "'self'").toBe("'self'");
      expect(policy.get('style-src') ?? "'self'").toBe("'self'");
      expect(policy.get('object-src')).toBe("'none'");
      expect(policy.get('base-uri')).toBe("'none'");
      expect(policy.get('form-action')).toBe("'self'");
    }),
  },
  {
    id: '14.4.7',
    requires: 'no other site shows this one in a frame',
    holds: onEveryAnswer((headers) => {
      expect(directivesOf(headers).get('frame-ancestors')).toBe("'self'");
      expect(headers['x-frame-options']).toBe('SAMEORIGIN');
    }),
  },
  {
    id: '14.4.4, 14.4.6',
    requires: 'no browser guesses types, and no address of this device travels on',
    holds: onEveryAnswer((headers) => {
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
      expect(headers['content-type']).toMatch(/^[a-z]+\/[a-z+]+/);
    }),
  },
  {
    id: '14.3.3',
    requires: 'no answer names what made it, or of which version',
    holds: onEveryAnswer((headers) => {
      for (const name of ['server', 'x-powered-by', 'via', 'x-runtime', 'x-version']) {
        expect(headers[name]).toBeUndefined();
      }
      expect(JSON.stringify(headers)).not.toMatch(/node|hono|v?\d+\.\d+\.\d+/i);
    }),
  },
  {
    id: '8.2.1',
    requires: 'no cache keeps what the api answered',
    holds: async (api) => {
      const cookie = await api.cookie();
      for (const path of [
        '/api/update/status',
        '/api/session',
        '/api/session/all',
        '/metrics',
        '/api/health',
        '/api/nowhere',
        '/api/update/events',
      ]) {
        const reply = await api.ask('GET', path, { headers: { cookie } });
        expect([path, reply.headers['cache-control']]).toEqual([path, 'no-store']);
      }
    },
  },
  {
    id: '14.4.5',
    requires:
      'no promise of https for a name that may only speak http: that is the proxy’s to give',
    holds: onEveryAnswer((headers) => expect(headers['strict-transport-security']).toBeUndefined()),
  },
];

export const ORIGIN_ROWS: readonly Row[] = [...HOSTS, ...ORIGINS, ...HEADERS];
