/** The name of a request, in every answer. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiFixture, type ApiFixture } from '../support/api-fixture.ts';

let api: ApiFixture;
beforeEach(async () => {
  api = await createApiFixture();
});
afterEach(() => api.stop());

const idOf = async (headers: Readonly<Record<string, string>> = {}) =>
  (await api.request('/api/health', { headers })).headers.get('x-request-id') ?? '';

describe('requestId', () => {
  it('is another one each time', async () => {
    const [one, other] = [await idOf(), await idOf()];
    expect(one).toMatch(/^[\w-]{36}$/);
    expect(other).not.toBe(one);
  });

  it('is the one that a proxy gave', async () => {
    expect(await idOf({ 'x-request-id': 'Zm9v-1_2=' })).toBe('Zm9v-1_2=');
  });

  it.each(['a b', '"quoted"', 'x'.repeat(65), ''])('is not %j', async (given) => {
    expect(await idOf({ 'x-request-id': given })).toMatch(/^[\w-]{36}$/);
  });

  it('is in the problem and in the log, too', async () => {
    const answer = await api.request('/api/nowhere', { headers: { 'x-request-id': 'mine' } });
    expect(await answer.json()).toMatchObject({ requestId: 'mine' });
    expect(api.log.lines.at(-1)).toContain('id=mine');
  });
});
