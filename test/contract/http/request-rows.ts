/** Requests of odd shapes: methods that no route has, bodies that nobody asked for, and what is no request at all. */
import { expect } from 'vitest';
import { expectProblem, type Row } from './row.ts';
import { writeSettings, type RunningApi } from './running-api.ts';

const METHOD = { reason: 'method' };
const MARK = 'mark-of-the-request';

const callsOf = (api: RunningApi, method: string): number =>
  api.agent.calls.filter((call) => call === method).length;

const METHODS: readonly Row[] = [
  {
    id: '13.2.1, 14.5.1',
    requires: 'a method that a route does not have is refused, with those that it has',
    holds: async (api) => {
      const cookie = await api.cookie();
      for (const method of ['PUT', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'PURGE']) {
        for (const path of [
          '/api/update/status',
          '/api/session',
          '/',
          '/metrics',
          '/updates/a.js',
        ]) {
          const reply = await api.ask(method, path, { headers: { cookie, 'x-secret': MARK } });
          expectProblem(reply, 405, 'invalid-request', METHOD);
          expect(reply.headers.allow).toMatch(/^GET, HEAD(?:$|, )/);
          expect(reply.text).not.toContain(MARK);
        }
      }
    },
  },
  {
    id: '14.5.1',
    requires: 'nobody gets a tunnel, another protocol, or a method that does not exist',
    holds: async (api) => {
      const host = `Host: 127.0.0.1:${api.port()}\r\nConnection: close\r\n\r\n`;
      expect(await api.speak(`CONNECT evil.example:80 HTTP/1.1\r\n${host}`)).not.toContain(' 200 ');
      expect(await api.speak(`HACK / HTTP/1.1\r\n${host}`)).toMatch(/^HTTP\/1\.1 400 /);
      const upgrade = `GET /api/health HTTP/1.1\r\nUpgrade: websocket\r\n${host}`;
      expect(await api.speak(upgrade)).not.toContain(' 101 ');
      expect(await api.speak('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')).toMatch(/^HTTP\/1\.1 (400|505) /);
    },
  },
  {
    id: '13.2.1',
    requires: 'no header and no parameter turns one method into another',
    holds: async (api) => {
      const before = callsOf(api, 'update.check');
      const cookie = await api.cookie();
      for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
        const headers = { cookie, origin: api.url(), [name]: 'POST' };
        const reply = await api.ask('GET', '/api/update/check?_method=POST', { headers });
        expectProblem(reply, 405, 'invalid-request', METHOD);
      }
      expect(callsOf(api, 'update.check')).toBe(before);
    },
  },
  {
    id: 'own',
    requires: 'HEAD says what GET says, without a body, and changes nothing',
    holds: async (api) => {
      const cookie = await api.cookie();
      for (const path of ['/', '/api/health', '/api/update/status', '/metrics', '/api/nowhere']) {
        const [head, get] = await Promise.all(
          ['HEAD', 'GET'].map((method) => api.ask(method, path, { headers: { cookie } })),
        );
        expect([path, head?.status, head?.text]).toEqual([path, get?.status, '']);
      }
      expectProblem(await api.ask('GET', '/api/update/apply'), 405, 'invalid-request', METHOD);
      expect((await api.ask('HEAD', '/api/update/apply')).status).toBe(405);
      expect((await api.ask('HEAD', '/api/update/events', { headers: { cookie } })).status).toBe(
        200,
      );
    },
  },
];

const BODIES: readonly Row[] = [
  {
    id: '13.2.5',
    requires: 'a body is JSON and says so',
    holds: async (api) => {
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=a',
        'application/jsonp',
        'text/json',
        'application/json, text/plain',
        undefined,
      ]) {
        const reply = await writeSettings(api, '{"autoCheck":true}', { 'content-type': type });
        expectProblem(reply, 400, 'invalid-request', { reason: 'content-type' });
      }
      expect((await writeSettings(api, '{"autoCheck":true}')).status).toBe(200);
    },
  },
  {
    id: '12.1.1 (of 5.0: 5.2.1)',
    requires: 'a body is small, whether its length is announced or not',
    holds: async (api) => {
      const big = JSON.stringify({ autoCheck: 'x'.repeat(20_000) });
      const details = { reason: 'too-large', limit: 16_384 };
      expectProblem(await writeSettings(api, big), 413, 'invalid-request', details);
      const chunked = await writeSettings(api, big, { 'transfer-encoding': 'chunked' });
      expectProblem(chunked, 413, 'invalid-request', details);
      const [line, headers] = [
        'POST /api/update/auto HTTP/1.1',
        `Host: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\nContent-Type: application/json\r\nConnection: close`,
      ];
      const announced = await api.speak(
        `${line}\r\n${headers}\r\nContent-Length: 99999999999\r\n\r\n`,
      );
      expect(announced).toMatch(/^HTTP\/1\.1 413 /);
    },
  },
  {
    id: '13.2.2, 5.1.2',
    requires:
      'a member that nobody asked for is refused, also under the name of something built in',
    holds: async (api) => {
      const before = callsOf(api, 'update.auto');
      for (const more of [
        '"path":"/etc"',
        '"__proto__":{"admin":true}',
        '"constructor":{"prototype":{}}',
        '"toString":1',
        '"autocheck":true',
      ]) {
        const reply = await writeSettings(api, `{"autoCheck":true,${more}}`);
        expectProblem(reply, 400, 'invalid-request', { reason: 'schema' });
      }
      expect(callsOf(api, 'update.auto')).toBe(before);
      const again = await api.ask('GET', '/api/session');
      expect(JSON.parse(again.text)).toEqual({ signedIn: false, setUp: false });
    },
  },
  {
    id: '13.2.2',
    requires: 'JSON of any depth or shape that is not asked for is refused',
    holds: async (api) => {
      const deep = 7000;
      const shapes = [
        '',
        'null',
        '[]',
        '""',
        '0',
        'NaN',
        '{',
        '{"autoCheck":true}x',
        '\uFEFF{}',
        `${'['.repeat(deep)}${']'.repeat(deep)}`,
        `${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`,
        '{"autoCheck":1e999}',
        '{"autoCheck":"true"}',
        '{"autoCheck":false,"autoCheck":"x"}',
        '\0',
      ];
      for (const body of shapes)
        expectProblem(await writeSettings(api, body), 400, 'invalid-request');
    },
  },
  {
    id: '5.1.1',
    requires: 'of a member that is there twice one counts, in the check and in what is done',
    holds: async (api) => {
      const seen: unknown[] = [];
      api.agent.answer('update.auto', (params) => {
        seen.push(params);
        return { autoCheck: false };
      });
      expect((await writeSettings(api, '{"autoCheck":"x","autoCheck":false}')).status).toBe(200);
      expect(seen).toEqual([{ autoCheck: false }]);
    },
  },
  {
    id: '13.1.1 (of 5.0: 4.2.1)',
    requires: 'a request of two lengths is refused, so that nobody smuggles another one behind it',
    holds: async (api) => {
      const head = `POST /api/session HTTP/1.1\r\nHost: 127.0.0.1:${api.port()}\r\n`;
      for (const lengths of [
        'Content-Length: 2\r\nContent-Length: 3',
        'Content-Length: 2\r\nTransfer-Encoding: chunked',
        'Content-Length: -1',
        'Content-Length: 2, 2',
        'Transfer-Encoding: chunked, identity',
      ]) {
        expect(await api.speak(`${head}${lengths}\r\n\r\n{}`)).toMatch(/^HTTP\/1\.1 400 /);
      }
    },
  },
  {
    id: 'own',
    requires: 'a request that is none is answered with 400 and nothing else',
    holds: async (api) => {
      const host = `Host: 127.0.0.1:${api.port()}`;
      const texts = [
        'GET / HTTP/1.1\r\n\r\n',
        `GET / HTTP/9.9\r\n${host}\r\n\r\n`,
        `GET / HTTP/1.1\r\n${host}\r\nBad Header: 1\r\n\r\n`,
        'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n',
        'GET /api/health HTTP/1.0\r\n\r\n',
        `OPTIONS * HTTP/1.1\r\n${host}\r\nConnection: close\r\n\r\n`,
        '\0\r\n\r\n',
        '{}\r\n\r\n',
      ];
      for (const text of texts) {
        const heard = await api.speak(text);
        expect([text, /^HTTP\/1\.1 (400|403|505) /.test(heard)]).toEqual([text, true]);
        expect([text, heard.includes('application/problem+json')]).toEqual([text, true]);
        expect(heard).not.toMatch(/node|hono|stack|\.m?js/i);
      }
      const long = `GET /api/health HTTP/1.1\r\n${host}\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`;
      expect(await api.speak(long)).toMatch(/^HTTP\/1\.1 431 /);
    },
  },
];

export const REQUEST_ROWS: readonly Row[] = [...METHODS, ...BODIES];
