/** What was listed is remembered until the next list. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createCatalogue } from '../../src/adapters/catalogue.ts';
import { aVersion } from '../support/a-manifest.ts';
import { never } from './http-server.ts';

const entry = (version: string, note = '') => ({ version: aVersion(version), note });

describe('createCatalogue', () => {
  it('asks once for what it finds, and again for what it does not know', async () => {
    let [asked, all] = [0, [entry('1.0.0')]];
    const { find, refresh, listing } = createCatalogue(async () => {
      asked += 1;
      return { entries: all, digest: `of ${String(asked)}` };
    });
    expect(listing()).toBeUndefined();
    await find(aVersion('1.0.0'), never);
    await find(aVersion('1.0.0'), never);
    expect([asked, listing()]).toEqual([1, 'of 1']);
    await expectCode(find(aVersion('1.1.0'), never), 'no-such-release');
    expect(asked).toBe(2);
    all = [entry('1.1.0')];
    expect(await refresh(never)).toEqual(all);
    await expectCode(find(aVersion('1.0.0'), never), 'no-such-release');
  });

  it('takes the first of two with one version', async () => {
    const entries = [entry('1.0.0', 'new'), entry('1.0.0', 'old')];
    const { refresh } = createCatalogue(async () => ({ entries, digest: '' }));
    expect(await refresh(never)).toEqual([entry('1.0.0', 'new')]);
  });
});
