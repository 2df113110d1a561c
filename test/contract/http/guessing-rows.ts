/** Passwords that somebody guesses: how that is slowed down, and how little it tells. */
import { expect } from 'vitest';
import { expectProblem, type Row } from './row.ts';
import { PASSWORD, signIn, type Reply } from './running-api.ts';

/** What a refusal says, without what is its own in each. */
const withoutId = ({ status, text }: Reply): string =>
  `${status} ${text.replace(/"requestId":"[^"]*"/, '')}`;

const msOf = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
};

export const GUESSING_ROWS: readonly Row[] = [
  {
    id: '2.2.1',
    requires: 'whoever guesses from one address waits longer and longer, and is told how long',
    with: {},
    holds: async (api) => {
      for (let count = 0; count < 5; count += 1) {
        expectProblem(await signIn(api, 'wrong', '192.0.2.1'), 401, 'unauthenticated');
      }
      const refused = await signIn(api, PASSWORD, '192.0.2.1');
      expectProblem(refused, 429, 'rate-limited', { retryAfterSeconds: 1 });
      expect(refused.headers['retry-after']).toBe('1');
      expect((await signIn(api, PASSWORD, '192.0.2.2')).status).toBe(200);
    },
  },
  {
    id: '2.2.1',
    requires: 'many addresses together are slowed down as well, and who is in stays in',
    with: {},
    holds: async (api) => {
      const cookie = await api.cookie();
      const tries = Array.from({ length: 40 }, (_, index) => `198.51.100.${index}`);
      const replies: Reply[] = [];
      for (const from of tries) replies.push(await signIn(api, 'wrong', from));
      const last = replies.at(-1);
      if (last === undefined) throw new Error('nobody tried');
      expectProblem(last, 429, 'rate-limited');
      expect(replies.filter(({ status }) => status === 401).length).toBeLessThan(25);
      const reply = await api.ask('GET', '/api/update/status', { headers: { cookie } });
      expect(reply.status).toBe(200);
    },
  },
  {
    id: '2.2.1',
    requires: 'many addresses keep nobody out of where somebody is signed in, also after a restart',
    with: {},
    holds: async (api) => {
      const home = '192.0.2.1';
      expect((await signIn(api, PASSWORD, home)).status).toBe(200);
      await api.restart();
      for (let count = 0; count < 40; count += 1) {
        await signIn(api, 'wrong', `198.51.100.${count}`);
      }
      expectProblem(await signIn(api, PASSWORD, '192.0.2.2'), 429, 'rate-limited');
      expect((await signIn(api, PASSWORD, home)).status).toBe(200);
    },
  },
  {
    id: '2.2.1',
    requires: 'guessing the current password where it is changed is slowed down, too',
    with: {},
    holds: async (api) => {
      const cookie = await api.cookie();
      const guess = (current: string) =>
        api.write('POST', '/api/session/password', { current, password: 'a new one' }, { cookie });
      for (let count = 0; count < 5; count += 1) expect((await guess('wrong')).status).toBe(401);
      expectProblem(await guess(PASSWORD), 429, 'rate-limited');
    },
  },
  {
    id: '2.2.1',
    requires: 'many tries at once wait in a short queue, and what does not fit is refused',
    with: { cost: { ln: 15, r: 8, p: 3 } },
    holds: async (api) => {
      const tries = Array.from({ length: 15 }, (_, index) =>
        signIn(api, 'wrong', `203.0.113.${index}`),
      );
      const replies = await Promise.all(tries);
      const limited = replies.filter(({ status }) => status === 429);
      expect(limited.length).toBeGreaterThan(0);
      for (const reply of limited) expectProblem(reply, 429, 'rate-limited');
      expect((await api.ask('GET', '/api/health')).status).toBe(200);
    },
  },
  {
    id: '3.2.2 (of 5.0: 6.3.8)',
    requires: 'every wrong password gets the same words',
    with: {},
    holds: async (api) => {
      const wrong = ['x', `${PASSWORD} `, PASSWORD.toUpperCase(), 'x'.repeat(1024)];
      const said = new Set<string>();
      for (const [index, password] of wrong.entries()) {
        said.add(withoutId(await signIn(api, password, `192.0.2.${index}`)));
      }
      expect([...said]).toHaveLength(1);
    },
  },
  {
    id: 'own',
    requires: 'one that is nearly right, or long, takes as long to refuse as any other',
    with: { cost: { ln: 14, r: 8, p: 1 } },
    holds: async (api) => {
      const timesOf = async (password: string): Promise<number> => {
        const times: number[] = [];
        for (let count = 0; count < 3; count += 1) {
          times.push(await msOf(() => signIn(api, password, '192.0.2.9')));
        }
        // A right one forgets the failures, so that nobody waits.
        await signIn(api, PASSWORD, '192.0.2.9');
        // The quickest: what else the machine does can only add to it.
        return Math.min(...times);
      };
      const far = await timesOf('x');
      for (const wrong of [`${PASSWORD.slice(0, -1)}_`, 'x'.repeat(1024)]) {
        const ratio = (await timesOf(wrong)) / far;
        expect(ratio).toBeGreaterThan(0.2);
        expect(ratio).toBeLessThan(5);
      }
    },
  },
];
