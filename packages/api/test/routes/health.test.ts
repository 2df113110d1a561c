/** What a stranger and a probe get to know. */
import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiFixture, type ApiFixture } from '../support/api-fixture.ts';
import { settledStatus } from '../support/statuses.ts';

let api: ApiFixture;
beforeEach(async () => {
  api = await createApiFixture();
});
afterEach(() => api.stop());

const health = async (): Promise<unknown> => (await api.request('/api/health')).json();

describe('GET /api/health', () => {
  it('answers without a session and wakes nobody', async () => {
    await writeFile(api.stateFile, JSON.stringify(settledStatus()));
    expect(await health()).toEqual({
      version: '0.1.0',
      agent: 'reachable',
      agentVersion: null,
      current: '1.3.0',
    });
    expect(api.agent.calls).toEqual([]);
  });

  it('knows the agent’s version once it has talked to it', async () => {
    await api.get('/api/update/status');
    expect(await health()).toMatchObject({ agentVersion: '0.9.9' });
  });

  it('is well although the agent is away', async () => {
    await api.agent.stop();
    expect(await health()).toEqual({
      version: '0.1.0',
      agent: 'away',
      agentVersion: null,
      current: null,
    });
  });
});
