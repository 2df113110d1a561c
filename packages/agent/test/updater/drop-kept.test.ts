/** What was fetched for later goes when its owner says so, and when a check tells that nobody offers it any more. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { readKept } from '../../src/steps/kept-release.ts';
import { findRelease } from '../../src/updater/check.ts';
import { dropGone, dropKept, isGone } from '../../src/updater/drop-kept.ts';
import { aSha256, aVersion } from '../support/a-manifest.ts';
import { aRelease, createWorkbench, quiet, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.publish(aRelease('1.1.0'));
  await bench.stage('1.1.0');
});
afterEach(() => bench.close());

describe('dropKept', () => {
  it('takes away what this transaction left, and nothing of another one', async () => {
    const id = (await readKept(bench.disk))?.transaction;
    expect(await dropKept(bench, '20200101T000000Z-000000' as never)).toBe(false);
    expect(await readKept(bench.disk)).toBeDefined();
    expect(await dropKept(bench, id ?? ('' as never))).toBe(true);
    expect(await bench.disk.list('/var/lib/pikit')).toEqual([]);
    expect(await bench.lock.holder()).toBeUndefined();
  });

  it('is refused while something runs', async () => {
    const held = await bench.lock.acquire('the other');
    const id = (await readKept(bench.disk))?.transaction ?? ('' as never);
    await expectCode(dropKept(bench, id), 'busy');
    await held.release();
    expect(await readKept(bench.disk)).toBeDefined();
  });
});

const finding = () => findRelease({ ...bench.tools, store: bench.store }, quiet());
const kept = async (version = '1.1.0') => ({
  ...(await bench.wanted('1.1.0')),
  version: aVersion(version),
});

describe('isGone', () => {
  it('is false while it is listed, newest or not', async () => {
    expect(isGone(await kept(), await finding())).toBe(false);
    await bench.publish(aRelease('1.2.0'));
    expect(isGone(await kept(), await finding())).toBe(false);
  });

  it('is true when it was withdrawn or changed, and false where nothing is listed at all', async () => {
    expect(isGone(await kept('1.0.5'), await finding())).toBe(true);
    expect(
      isGone({ version: aVersion('1.1.0'), manifestSha256: aSha256('f') }, await finding()),
    ).toBe(true);
    expect(isGone(await kept(), { newest: null, listed: [] })).toBe(false);
  });
});

describe('dropGone', () => {
  it('removes it only when it is gone', async () => {
    await dropGone(bench, await finding());
    expect(await readKept(bench.disk)).toBeDefined();
    await bench.publish(aRelease('1.1.0', { changelog: 'https://example.org/other' }));
    await dropGone(bench, await finding());
    expect(await bench.disk.list('/var/lib/pikit')).toEqual([]);
  });

  it('leaves it to the next check while something else runs: that is no failure of this one', async () => {
    await bench.publish(aRelease('1.1.0', { changelog: 'https://example.org/other' }));
    const found = await finding();
    const held = await bench.lock.acquire('the other');
    await dropGone(bench, found);
    await held.release();
    expect(await readKept(bench.disk)).toBeDefined();
    expect(await bench.updater.check()).toMatchObject({ check_error: null, ready: null });
    expect(await readKept(bench.disk)).toBeUndefined();
  });
});
