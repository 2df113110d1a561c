/** HEAD answers as GET does, without a body and without leaving anything open. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../../../test/support/wait-for.ts';
import { createApiFixture, type ApiFixture } from '../support/api-fixture.ts';

let api: ApiFixture;
beforeEach(async () => {
  api = await createApiFixture();
});
afterEach(() => api.stop());

const head = async (path: string): Promise<Response> =>
  api.request(path, { method: 'HEAD', headers: { cookie: await api.cookie() } });

describe('headRequest', () => {
  it('answers with the head of the other answer', async () => {
    const answer = await head('/api/update/status');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.text()).toBe('');
  });

  it('leaves no stream open, however often it is asked', async () => {
    for (let count = 0; count < 70; count += 1) {
      const answer = await head('/api/update/events');
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('text/event-stream');
    }
    const readers = await api.get('/api/update/events');
    expect(readers.status).toBe(200);
    await readers.body?.cancel();
    await waitFor('the agent to be let go', () => api.agent.connections() <= 1);
  });
});
