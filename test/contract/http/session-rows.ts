/** Sessions: their cookie, their life, their end, and what lies on the disk. */
import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashPassword } from '../../../packages/api/src/auth/password.ts';
import { readEvents } from '../../../packages/api/test/support/event-reader.ts';
import { expect } from 'vitest';
import { expectProblem, type Row } from './row.ts';
import { cookieOf, PASSWORD, type Headers, type RunningApi } from './running-api.ts';

const DAY_MS = 86_400_000;
const HTTPS = { 'x-forwarded-proto': 'https' };

const signIn = (api: RunningApi, headers: Headers = {}) =>
  api.write('POST', '/api/session', { password: PASSWORD }, headers);

const statusOf = async (api: RunningApi, headers: Headers): Promise<number> =>
  (await api.ask('GET', '/api/update/status', { headers })).status;

const setCookie = async (api: RunningApi, headers: Headers = {}): Promise<readonly string[]> => {
  const [line = ''] = (await signIn(api, headers)).headers['set-cookie'] ?? [];
  return line.split('; ').map((part) => part.replace(/^Max-Age=\d+$/, 'Max-Age'));
};

const sessionFile = (api: RunningApi): string => join(api.directory, 'state/sessions.json');

/** As if it had begun, or been used, so long ago. */
const age = async (api: RunningApi, member: 'createdAt' | 'usedAt', days: number): Promise<void> =>
  api.restart(async () => {
    const text = await readFile(sessionFile(api), 'utf8');
    const old = text.replaceAll(
      new RegExp(`"${member}":(\\d+)`, 'g'),
      (_all, time: string) => `"${member}":${String(Number(time) - days * DAY_MS)}`,
    );
    await writeFile(sessionFile(api), old);
  });

const events = async (api: RunningApi, headers: Record<string, string>) => {
  const reader = readEvents(await fetch(`${api.url()}/api/update/events`, { headers }));
  await reader.nextNamed('status');
  return reader;
};

const COOKIE: readonly Row[] = [
  {
    id: '3.4.2, 3.4.3, 3.4.5',
    requires: 'the cookie is hidden from scripts, stays on its site, and has no domain',
    holds: async (api) => {
      const [pair, ...attributes] = await setCookie(api);
      expect(pair).toMatch(/^pikit=[\w-]{43}$/);
      expect(attributes.toSorted()).toEqual(['HttpOnly', 'Max-Age', 'Path=/', 'SameSite=Strict']);
    },
  },
  {
    id: '3.4.1, 3.4.4',
    requires:
      'behind a proxy that speaks https the cookie is Secure, and its name makes browsers insist',
    holds: async (api) => {
      const [pair, ...attributes] = await setCookie(api, HTTPS);
      expect(pair).toMatch(/^__Host-pikit=[\w-]{43}$/);
      expect(attributes).toContain('Secure');
      expect(attributes.toSorted()).toEqual([
        'HttpOnly',
        'Max-Age',
        'Path=/',
        'SameSite=Strict',
        'Secure',
      ]);
    },
  },
  {
    id: 'own',
    requires:
      'over https the cookie of plain http counts nothing, which anybody in between could have set',
    holds: async (api) => {
      const cookie = await api.cookie();
      expect(await statusOf(api, { cookie })).toBe(200);
      expect(await statusOf(api, { cookie, ...HTTPS })).toBe(401);
    },
  },
  {
    id: '3.2.1',
    requires: 'each sign-in makes a new session, and ends the one that the browser had',
    holds: async (api) => {
      const before = await api.cookie();
      const after = cookieOf(await signIn(api, { cookie: before }));
      expect(after).not.toBe(before);
      expect(await statusOf(api, { cookie: before })).toBe(401);
      expect(await statusOf(api, { cookie: after })).toBe(200);
    },
  },
  {
    id: '3.2.1',
    requires: 'a session that somebody planted in the browser is not the one that it gets',
    holds: async (api) => {
      const planted = `pikit=${'A'.repeat(43)}`;
      expect(cookieOf(await signIn(api, { cookie: planted }))).not.toBe(planted);
      expect(await statusOf(api, { cookie: planted })).toBe(401);
    },
  },
  {
    id: '3.1.1',
    requires: 'no session in an address: neither is one given there, nor does one count there',
    holds: async (api) => {
      const [, token = ''] = (await api.cookie()).split('=');
      for (const name of ['pikit', 'token', 'access_token', 'session']) {
        expect((await api.ask('GET', `/api/update/status?${name}=${token}`)).status).toBe(401);
      }
    },
  },
];

const LIFE: readonly Row[] = [
  {
    id: '3.3.2',
    requires: 'a session that was not used for a week is over',
    with: {},
    holds: async (api) => {
      const cookie = await api.cookie();
      await age(api, 'usedAt', 6);
      expect(await statusOf(api, { cookie })).toBe(200);
      await age(api, 'usedAt', 8);
      expect(await statusOf(api, { cookie })).toBe(401);
    },
  },
  {
    id: '3.3.2',
    requires: 'a session is over after ninety days, however often it was used',
    with: {},
    holds: async (api) => {
      const cookie = await api.cookie();
      await age(api, 'createdAt', 89);
      expect(await statusOf(api, { cookie })).toBe(200);
      await age(api, 'createdAt', 2);
      expect(await statusOf(api, { cookie })).toBe(401);
    },
  },
  {
    id: '3.3.1',
    requires:
      'signing out ends the session on this side, its streams included, and takes the cookie away',
    holds: async (api) => {
      const cookie = await api.cookie();
      const open = await events(api, { cookie });
      const reply = await api.write('DELETE', '/api/session', undefined, { cookie });
      expect(reply.headers['set-cookie']?.[0]).toMatch(/^pikit=; Max-Age=0; Path=\/; HttpOnly/);
      await open.rest();
      expect(await statusOf(api, { cookie })).toBe(401);
    },
  },
  {
    id: '3.3.4',
    requires:
      'the owner sees where somebody is signed in, and revoking one ends its streams at once',
    holds: async (api) => {
      const lost = await api.cookie();
      const open = await events(api, { cookie: lost });
      const id = createHash('sha256').update(lost.slice('pikit='.length)).digest('hex');
      const cookie = await api.cookie();
      const list = await api.ask('GET', '/api/session/all', { headers: { cookie } });
      expect(list.text).toContain(id);
      expect(list.text).not.toContain(lost.slice('pikit='.length));
      await api.write('DELETE', `/api/session/all/${id}`, undefined, { cookie });
      await open.rest();
      expect(await statusOf(api, { cookie: lost })).toBe(401);
      expect(await statusOf(api, { cookie })).toBe(200);
    },
  },
  {
    id: '3.3.3',
    requires: 'a changed password ends all other sessions and their streams',
    with: {},
    holds: async (api) => {
      const other = await api.cookie();
      const open = await events(api, { cookie: other });
      const cookie = await api.cookie();
      const body = { current: PASSWORD, password: 'a new password' };
      const changed = await api.write('POST', '/api/session/password', body, { cookie });
      await open.rest();
      expect(await statusOf(api, { cookie: other })).toBe(401);
      expect(await statusOf(api, { cookie })).toBe(401);
      expect(await statusOf(api, { cookie: cookieOf(changed) })).toBe(200);
    },
  },
  {
    id: '3.3.3',
    requires:
      'a password that was set on the command line ends what is open, although nobody signs in',
    with: {},
    holds: async (api) => {
      const cookie = await api.cookie();
      const open = await events(api, { cookie });
      const cheap = { ln: 1, r: 1, p: 1 };
      await writeFile(join(api.directory, 'password'), await hashPassword('another one', cheap));
      expect(await statusOf(api, { cookie })).toBe(401);
      await open.rest();
    },
  },
];

const AT_REST: readonly Row[] = [
  {
    id: '2.4.1, 6.2.1',
    requires:
      'what lies on the disk opens nothing: hashes of the password, of sessions and of tokens',
    with: {},
    holds: async (api) => {
      const secrets = [
        PASSWORD,
        (await api.cookie()).slice(6),
        (await api.bearer('read')).slice(7),
      ];
      for (const name of ['password', 'state/sessions.json', 'state/tokens.json']) {
        const text = await readFile(join(api.directory, name), 'utf8');
        for (const secret of secrets) expect(text).not.toContain(secret);
      }
      const ids = JSON.parse(await readFile(sessionFile(api), 'utf8')) as {
        readonly sessions: readonly { readonly id: string }[];
      };
      const stolen = { cookie: `pikit=${ids.sessions[0]?.id ?? ''}` };
      expect(await statusOf(api, stolen)).toBe(401);
      expect(api.output()).not.toContain(secrets[0]);
      expect(api.output()).not.toContain(secrets[1]);
      expect(api.output()).not.toContain(secrets[2]);
    },
  },
  {
    id: 'own',
    requires: 'files of accounts are for the api’s user, and nobody else reads them',
    with: {},
    holds: async (api) => {
      const cookie = await api.cookie();
      await api.bearer('read');
      const body = { current: PASSWORD, password: 'a new password' };
      await api.write('POST', '/api/session/password', body, { cookie });
      const modes = ['state', 'state/sessions.json', 'state/tokens.json', 'password'].map(
        async (name) => ((await stat(join(api.directory, name))).mode & 0o777).toString(8),
      );
      expect(await Promise.all(modes)).toEqual(['700', '600', '600', '640']);
    },
  },
  {
    id: '4.1.5',
    requires: 'a damaged list of sessions lets nobody in, and is kept for the operator',
    with: {},
    holds: async (api) => {
      const cookie = await api.cookie();
      await api.restart(() => writeFile(sessionFile(api), '{"format":1,"sessions":[{'));
      const reply = await api.ask('GET', '/api/session/all', { headers: { cookie } });
      expectProblem(reply, 401, 'unauthenticated');
      expect(await statusOf(api, { cookie: await api.cookie() })).toBe(200);
      expect(await readFile(`${sessionFile(api)}.damaged`, 'utf8')).toContain('[{');
    },
  },
];

export const SESSION_ROWS: readonly Row[] = [...COOKIE, ...LIFE, ...AT_REST];
