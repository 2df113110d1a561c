/** The settings: what is shown of each, what a choice means for the device, and what is said of it. */
import { describe, expect, it } from 'vitest';
import type { Status } from '@pikit/protocol';
import { loadPageLanguage } from '../../../src/host/catalogue/load-page-language.ts';
import { changeOf, savingWords, settingsView } from '../../../src/host/model/settings-view.ts';
import { aStatus } from '../../support/builders.ts';

const language = await loadPageLanguage('en');
const DECIDED = { autoCheck: false, checkAt: '23:05', channel: 'beta', keep: 3 } as const;

describe('settingsView', () => {
  it('shows what the owner has decided', () => {
    const view = settingsView(aStatus({ settings: DECIDED, channel: 'beta' }), language);
    expect(view).toMatchObject({ autoCheck: false, checkAt: '23:05', channel: 'beta', keep: '3' });
    expect(view.channels.map(({ label }) => label)).toEqual(['Device default', 'Stable', 'Beta']);
  });

  it('shows as such what the configuration decides, and what that is where it is known', () => {
    const view = settingsView(aStatus({ channel: 'stable' }), language);
    expect(view).toMatchObject({ channel: '', keep: '' });
    expect(view.channels[0]).toEqual({
      value: '',
      label: 'Device default (Stable)',
    });
    expect(view.keeps.map(({ value }) => value)).toEqual(['', '1', '2', '3', '4', '5']);
  });

  it('offers every value that it may have to show', () => {
    const all: readonly Partial<Status>[] = [{}, { settings: DECIDED }];
    for (const status of all) {
      const view = settingsView(aStatus(status), language);
      expect(view.channels.map(({ value }) => value)).toContain(view.channel);
      expect(view.keeps.map(({ value }) => value)).toContain(view.keep);
    }
  });
});

describe('changeOf', () => {
  it.each([
    ['autoCheck', 'on', { autoCheck: true }],
    ['autoCheck', 'off', { autoCheck: false }],
    ['checkAt', '04:20', { checkAt: '04:20' }],
    ['channel', 'beta', { channel: 'beta' }],
    ['channel', '', { channel: null }],
    ['keep', '2', { keep: 2 }],
    ['keep', '', { keep: null }],
    ['checkAt', '', undefined],
  ] as const)('makes of %s %j a change of that alone', (name, value, change) => {
    expect(changeOf(name, value)).toEqual(change);
  });
});

describe('savingWords', () => {
  it.each([
    [{ kind: 'idle' }, '', false],
    [{ kind: 'saving', wish: '' }, 'Saving…', false],
    [{ kind: 'saved' }, 'Saved', false],
    [
      { kind: 'refused', problem: { code: 'write-failed', details: {} } },
      /^Not changed\. .+\. .+\.$/,
      true,
    ],
  ] as const)('says of %j: %s', (saving, text, isBad) => {
    const said = savingWords(saving, language);
    expect(said.isBad).toBe(isBad);
    expect(said.text).toMatch(text);
  });
});
