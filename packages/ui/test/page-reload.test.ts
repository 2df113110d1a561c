/** When the host page reloads itself, and when it must not. */
import { describe, expect, it } from 'vitest';
import type { Status, Version } from '@pikit/protocol';
import { createPageReload } from '../src/page-reload.ts';
import { aResult, aSituation, aStatus, aTransaction } from './support/builders.ts';

const NEW_PAGE = ['http://pi.local/new.js'];
const OLD_PAGE = ['http://pi.local/old.js'];

function setUp(pages: readonly (readonly string[] | undefined)[], version?: string) {
  const left = [...pages];
  let reloads = 0;
  const reload = createPageReload({
    fetchAssets: () => Promise.resolve(left.shift()),
    fetchVersion: () => Promise.resolve(version),
    ownVersion: '0.1.0',
    shownAssets: () => ['http://pi.local/old.js', 'http://pi.local/added-by-a-script.js'],
    reload: () => {
      reloads += 1;
    },
  });
  return {
    see: (status: Partial<Status>, change = {}) =>
      reload.observe(aSituation({ status: aStatus(status), ...change })),
    reloads: () => reloads,
    pagesLeft: () => left.length,
  };
}

const committed = { current: '1.4.0' as Version, last_result: aResult() };

describe('createPageReload', () => {
  it('reloads once when an update has replaced the page', async () => {
    const page = setUp([NEW_PAGE, NEW_PAGE]);
    await page.see({});
    await page.see({ transaction: aTransaction() });
    await page.see(committed);
    await page.see(committed);
    expect(page.reloads()).toBe(1);
    expect(page.pagesLeft()).toBe(1);
  });

  it('leaves a page alone whose files are the same', async () => {
    const page = setUp([OLD_PAGE]);
    await page.see({});
    await page.see(committed);
    expect(page.reloads()).toBe(0);
    expect(page.pagesLeft()).toBe(0);
  });

  it('leaves a page alone in whose place there is one without any files', async () => {
    const page = setUp([[]]);
    await page.see({});
    await page.see(committed);
    expect(page.reloads()).toBe(0);
  });

  it('reloads when this element itself has become another', async () => {
    const page = setUp([OLD_PAGE], '0.2.0');
    await page.see({});
    await page.see(committed);
    expect(page.reloads()).toBe(1);
  });

  it('leaves a page alone whose element is the same', async () => {
    const page = setUp([OLD_PAGE], '0.1.0');
    await page.see({});
    await page.see(committed);
    expect(page.reloads()).toBe(0);
  });

  it('does not look at results from before the page was opened', async () => {
    const page = setUp([NEW_PAGE]);
    await page.see(committed);
    await page.see(committed);
    expect(page.pagesLeft()).toBe(1);
  });

  it('does not reload after a failure that changed nothing', async () => {
    const page = setUp([NEW_PAGE]);
    await page.see({});
    await page.see({ last_result: aResult({ outcome: 'failed' }) });
    expect(page.pagesLeft()).toBe(1);
  });

  it('reloads when another version runs, whatever the outcome is called', async () => {
    const page = setUp([NEW_PAGE]);
    await page.see({});
    await page.see({ current: '1.2.0' as Version });
    expect(page.reloads()).toBe(1);
  });

  it('waits until the transaction has ended and the line is up', async () => {
    const page = setUp([NEW_PAGE]);
    await page.see({});
    await page.see({ ...committed, transaction: aTransaction({ phase: 'cleaning-up' }) });
    await page.see(committed, { link: { kind: 'reconnecting', since: 0 } });
    expect(page.pagesLeft()).toBe(1);
    await page.see(committed);
    expect(page.reloads()).toBe(1);
  });

  it('asks again when the server of the page is away', async () => {
    const page = setUp([undefined, NEW_PAGE]);
    await page.see({});
    await page.see(committed);
    expect(page.reloads()).toBe(0);
    await page.see(committed);
    expect(page.reloads()).toBe(1);
  });
});
