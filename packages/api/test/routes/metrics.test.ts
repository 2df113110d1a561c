/** What Prometheus is told, and that telling it wakes nobody. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aTransactionResult } from '../../../protocol/test/sample-documents.ts';
import { createApiFixture, type ApiFixture } from '../support/api-fixture.ts';
import { settledStatus } from '../support/statuses.ts';

let api: ApiFixture;
beforeEach(async () => {
  api = await createApiFixture();
});
afterEach(() => api.stop());

const lines = async (): Promise<string[]> => (await (await api.get('/metrics')).text()).split('\n');

describe('GET /metrics', () => {
  it('tells versions and the last check from what lies on the disk', async () => {
    const status = settledStatus({ last_check: '2026-01-02T03:04:05Z', offered: null });
    await writeFile(api.stateFile, JSON.stringify(status));
    const answer = await api.get('/metrics');
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const told = (await answer.text()).split('\n');
    expect(told).toContain('pikit_api_info{version="0.1.0"} 1');
    expect(told).toContain('pikit_agent_up 1');
    expect(told).toContain('pikit_installed_info{version="1.3.0"} 1');
    expect(told).toContain('pikit_update_available 0');
    expect(told).toContain('pikit_last_check_timestamp_seconds 1767323045');
    expect(told).toContain('pikit_transaction_running 0');
    expect(api.agent.calls).toEqual([]);
  });

  it('adds up transactions by how they ended', async () => {
    const one = {
      ...aTransactionResult(),
      outcome: 'committed',
      bytesFetched: 10,
      startedAt: '2026-01-02T03:00:00Z',
      endedAt: '2026-01-02T03:01:30Z',
    };
    // The clock was set while it ran.
    const other = { ...one, bytesFetched: 5, endedAt: '2025-01-01T00:00:00Z' };
    const failed = { ...one, outcome: 'failed', bytesFetched: 0 };
    const text = [one, other, failed].map((each) => JSON.stringify(each)).join('\n');
    await writeFile(join(api.directory, 'history.jsonl'), text);
    const told = await lines();
    expect(told).toContain('pikit_transactions{outcome="committed"} 2');
    expect(told).toContain('pikit_transactions{outcome="failed"} 1');
    expect(told).toContain('pikit_transactions{outcome="broken"} 0');
    expect(told).toContain('pikit_transactions_duration_seconds{outcome="committed"} 90');
    expect(told).toContain('pikit_transactions_fetched_bytes{outcome="committed"} 15');
  });

  it('says that the agent is away, and no more than it knows', async () => {
    await api.agent.stop();
    const told = await lines();
    expect(told).toContain('pikit_agent_up 0');
    expect(told.filter((line) => line.startsWith('pikit_installed_info'))).toEqual([]);
  });

  it('is well-formed to its last line', async () => {
    const told = await lines();
    expect(told.pop()).toBe('');
    const form =
      /^(?:# (?:HELP|TYPE) pikit_\w+ .+|pikit_\w+(?:\{\w+="[^"\n]*"\})? -?\d+(?:\.\d+)?)$/;
    expect(told.filter((line) => !form.test(line))).toEqual([]);
  });
});
