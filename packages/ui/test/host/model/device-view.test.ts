/** What is said of a device, in every state that it can be in. */
import { describe, expect, it } from 'vitest';
import type { Status } from '@pikit/protocol';
import { loadPageLanguage } from '../../../src/host/catalogue/load-page-language.ts';
import { deviceView } from '../../../src/host/model/device-view.ts';
import { aStatus } from '../../support/builders.ts';

const language = await loadPageLanguage('en');

const factsOf = (status: Partial<Status>) =>
  Object.fromEntries(deviceView(aStatus(status), language).map(({ name, value }) => [name, value]));

describe('deviceView', () => {
  it('says what runs, what a roll-back would bring, and when it was last checked', () => {
    expect(factsOf({})).toEqual({
      Installed: '1.3.0',
      'A roll-back would bring': '1.2.0',
      Channel: 'Stable',
      Releases: 'Must be signed',
      'Last check': 'Nov 23, 2026, 11:00',
    });
  });

  it.each<[Partial<Status>, string, string]>([
    [{ current: 'preexisting' }, 'Installed', 'The earlier dashboard'],
    [{ current: null }, 'Installed', 'Nothing yet'],
    [{ previous: null }, 'A roll-back would bring', 'Nothing to go back to'],
    [{ channel: 'beta' }, 'Channel', 'Beta'],
    [{ trust: 'unsigned' }, 'Releases', 'Not signed'],
    [{ last_check: null }, 'Last check', 'Not checked yet'],
    [
      { check_error: { code: 'offline', details: {} } },
      'Last check',
      'Nov 23, 2026, 11:00, without success',
    ],
  ])('says of %j: %s, %s', (status, name, value) => {
    expect(factsOf(status)[name]).toBe(value);
  });
});
