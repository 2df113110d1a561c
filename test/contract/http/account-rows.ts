/** Ways in: passwords, the set-up code, tokens, and a proxy's word. */
import { expect } from 'vitest';
import { hashPassword } from '../../../packages/api/src/auth/password.ts';
import { waitFor } from '../../support/wait-for.ts';
import { expectProblem, type Row } from './row.ts';
import { PASSWORD, signIn, type Headers, type Reply, type RunningApi } from './running-api.ts';

const codeOf = (api: RunningApi): Promise<string> =>
  waitFor('the set-up code', () => /set-up code (\S{17}), /.exec(api.output())?.[1]);

const setUp = (api: RunningApi, code: string, password: string): Promise<Reply> =>
  api.write('POST', '/api/session/setup', { code, password });

const PASSWORDS: readonly Row[] = [
  {
    id: '2.3.1',
    requires:
      'the set-up code stands in the log alone, counts once, and is not used up by who guesses',
    with: { password: null },
    holds: async (api) => {
      const code = await codeOf(api);
      for (const path of ['/api/session', '/api/health', '/api/update/status', '/']) {
        expect((await api.ask('GET', path)).text).not.toContain(code);
      }
      for (let count = 0; count < 40; count += 1) {
        const guess = await setUp(api, 'AAAAA-AAAAA-AAAAA', PASSWORD);
        expectProblem(guess, 401, 'unauthenticated', { reason: 'wrong-code' });
      }
      expect((await setUp(api, code.toLowerCase(), PASSWORD)).status).toBe(200);
      const again = await setUp(api, code, 'another password');
      expectProblem(again, 403, 'forbidden', { reason: 'password-set' });
    },
  },
  {
    id: '2.3.1',
    requires: 'a set-up code is worth nothing after a restart',
    with: { password: null },
    holds: async (api) => {
      const code = await codeOf(api);
      await api.restart();
      expect(await codeOf(api)).not.toBe(code);
      expectProblem(await setUp(api, code, PASSWORD), 401, 'unauthenticated');
    },
  },
  {
    id: '2.5.4',
    requires: 'there is no password that everybody knows: without one nobody signs in',
    with: { password: null },
    holds: async (api) => {
      for (const password of ['pikit', 'admin', ' ']) {
        expectProblem(await signIn(api, password), 403, 'forbidden', { reason: 'no-password' });
      }
      expectProblem(await signIn(api, ''), 400, 'invalid-request');
      expect((await api.ask('GET', '/api/update/status')).status).toBe(401);
    },
  },
  {
    id: '2.1.1 (of 5.0: 6.2.1), 2.1.2',
    requires: 'a password has at least 8 characters, may have 1024 of them, and no more',
    with: { password: null },
    holds: async (api) => {
      const code = await codeOf(api);
      const details = { reason: 'password-length', min: 8 };
      expectProblem(await setUp(api, code, '1234567'), 400, 'invalid-request', details);
      expectProblem(await setUp(api, code, 'x'.repeat(1025)), 400, 'invalid-request');
      expect((await setUp(api, code, 'x'.repeat(1024))).status).toBe(200);
    },
  },
  {
    id: '2.1.3, 2.1.4, 2.1.9',
    requires: 'any letters will do, all of them count, and however the keyboard composes them',
    with: { password: null },
    holds: async (api) => {
      const long = `${'pässwörter 🔑 '.repeat(12)}ende`;
      expect((await setUp(api, await codeOf(api), long.normalize('NFC'))).status).toBe(200);
      expect((await signIn(api, long.normalize('NFD'))).status).toBe(200);
      expect((await signIn(api, long.slice(0, -1), '192.0.2.1')).status).toBe(401);
      expect((await signIn(api, ` ${long}`, '192.0.2.2')).status).toBe(401);
    },
  },
  {
    id: '2.1.5, 2.1.6',
    requires: 'who changes the password must know the current one',
    holds: async (api) => {
      const headers = { cookie: await api.cookie() };
      const body = { current: 'not this one', password: 'a new password' };
      const reply = await api.write('POST', '/api/session/password', body, headers);
      expectProblem(reply, 401, 'unauthenticated', { reason: 'wrong-password' });
      expect((await signIn(api, PASSWORD)).status).toBe(200);
    },
  },
  {
    id: '2.4.4',
    requires: 'passwords are hashed by scrypt at what OWASP asks for',
    holds: async () => {
      expect(await hashPassword('x')).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/);
    },
  },
];

const status = (api: RunningApi, headers: Headers): Promise<Reply> =>
  api.ask('GET', '/api/update/status', { headers });

const TOKENS: readonly Row[] = [
  {
    id: '3.5.2',
    requires: 'a token has 256 random bits, is shown once, and ends at once with its streams',
    holds: async (api) => {
      const headers = { cookie: await api.cookie() };
      const made = await api.write(
        'POST',
        '/api/session/tokens',
        { name: 'b', scopes: ['read'] },
        headers,
      );
      const { token, id } = JSON.parse(made.text) as {
        readonly token: string;
        readonly id: string;
      };
      expect(token).toMatch(/^pikit_[\w-]{43}$/);
      const list = await api.ask('GET', '/api/session/tokens', { headers });
      expect(list.text).toContain(id);
      expect(list.text).not.toContain(token.slice(6));
      const authorization = `Bearer ${token}`;
      expect((await status(api, { authorization })).status).toBe(200);
      const open = await fetch(`${api.url()}/api/update/events`, { headers: { authorization } });
      await api.write('DELETE', `/api/session/tokens/${id}`, undefined, headers);
      await open.text();
      expect((await status(api, { authorization })).status).toBe(401);
    },
  },
  {
    id: '4.1.3',
    requires: 'beside a token a cookie counts nothing, a wrong token included',
    holds: async (api) => {
      const cookie = await api.cookie();
      const authorization = await api.bearer('update');
      expectProblem(await status(api, { cookie, authorization }), 403, 'forbidden', {
        reason: 'scope',
      });
      for (const wrong of ['Bearer', 'Bearer ', `Bearer pikit_${'A'.repeat(43)}`, 'bearer x y']) {
        expectProblem(await status(api, { cookie, authorization: wrong }), 401, 'unauthenticated');
      }
    },
  },
  {
    id: 'own',
    requires:
      'a token’s name is text without control characters, so that a list of them cannot deceive',
    holds: async (api) => {
      const headers = { cookie: await api.cookie() };
      for (const name of ['', '  ', 'a\nb', '\u001b[2J', 'x'.repeat(61)]) {
        const reply = await api.write(
          'POST',
          '/api/session/tokens',
          { name, scopes: ['read'] },
          headers,
        );
        expectProblem(reply, 400, 'invalid-request');
      }
    },
  },
];

const PROXY = '[proxy_sign_in]\naddresses = ["ADDRESS"]\nusers = ["anna"]\n';

const REMOTE_USER: readonly Row[] = [
  {
    id: '4.1.1',
    requires: 'a name in a header counts from nobody unless a proxy is configured',
    holds: async (api) => {
      for (const name of [
        'remote-user',
        'x-remote-user',
        'x-forwarded-user',
        'x-authenticated-user',
      ]) {
        expect((await status(api, { [name]: 'anna' })).status).toBe(401);
      }
    },
  },
  {
    id: '4.1.1',
    requires: 'it counts only from the proxy’s own address, which a header cannot claim',
    with: { tables: PROXY.replace('ADDRESS', '192.0.2.7') },
    holds: async (api) => {
      for (const name of ['x-forwarded-for', 'x-real-ip', 'forwarded', 'client-ip']) {
        expect((await status(api, { 'remote-user': 'anna', [name]: '192.0.2.7' })).status).toBe(
          401,
        );
      }
    },
  },
  {
    id: '4.1.1, 4.2.2',
    requires:
      'it counts for the configured names alone, and other origins are refused all the same',
    with: { tables: PROXY.replace('ADDRESS', '127.0.0.1') },
    holds: async (api) => {
      expect((await status(api, { 'remote-user': 'anna' })).status).toBe(200);
      for (const user of ['', 'Anna', 'bert', 'anna, bert', 'anna bert']) {
        expect((await status(api, { 'remote-user': user })).status).toBe(401);
      }
      expect((await status(api, { 'remote-user': ['anna', 'bert'] })).status).toBe(401);
      const foreign = { 'remote-user': 'anna', origin: 'http://evil.example' };
      const reply = await api.write('POST', '/api/update/check', undefined, foreign);
      expectProblem(reply, 403, 'forbidden', { reason: 'other-origin' });
    },
  },
];

export const ACCOUNT_ROWS: readonly Row[] = [...PASSWORDS, ...TOKENS, ...REMOTE_USER];
