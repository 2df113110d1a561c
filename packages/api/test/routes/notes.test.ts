/** The notes of all versions that the device would take at once. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aReleaseSummary } from '../../../protocol/test/sample-documents.ts';
import { createApiFixture, type ApiFixture } from '../support/api-fixture.ts';
import { settledStatus } from '../support/statuses.ts';

let api: ApiFixture;
beforeEach(async () => {
  api = await createApiFixture();
});
afterEach(() => api.stop());

const offer = (offered: ReturnType<typeof aReleaseSummary> | null) =>
  api.agent.answer('update.status', () => settledStatus({ offered }));
const read = async () => (await api.get('/api/update/notes')).json();

describe('GET /api/update/notes', () => {
  it('is empty while nothing is offered', async () => {
    offer(null);
    expect(await read()).toEqual({ releases: [] });
  });

  it('has each version with its own, as HTML, and none that says nothing', async () => {
    const earlier = [
      { version: '1.3.2', notes: ' ' },
      { version: '1.3.1', notes: '<b>b</b>' },
    ];
    offer({ ...aReleaseSummary(), version: '1.4.0', notes: '**a**', earlier });
    expect(await read()).toEqual({
      releases: [
        { version: '1.4.0', html: '<p><strong>a</strong></p>' },
        { version: '1.3.1', html: '<p>&lt;b&gt;b&lt;/b&gt;</p>' },
      ],
    });
  });

  it('is content with what an earlier agent sends', async () => {
    const status = settledStatus({ offered: aReleaseSummary() });
    const offered = { ...status.offered, notes: 'a', earlier: undefined };
    api.agent.answer('update.status', () => ({ ...status, offered }));
    expect(await read()).toEqual({ releases: [{ version: '1.4.0', html: '<p>a</p>' }] });
  });
});
