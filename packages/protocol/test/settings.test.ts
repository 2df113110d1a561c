/** The owner's settings: every one has a plain type, and none is guessed from a word that looks like it. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, SettingsChangeSchema, SettingsSchema } from '../src/settings.ts';

const ALL = { autoCheck: false, checkAt: '00:00', channel: 'stable', keep: 5 } as const;

describe('SettingsSchema', () => {
  it.each([ALL, { ...ALL, checkAt: '23:59', channel: 'beta', keep: 1 }, DEFAULT_SETTINGS])(
    'takes %j',
    (settings) => {
      expect(v.parse(SettingsSchema, settings)).toEqual(settings);
    },
  );

  it('reads what an earlier agent wrote, and fills in what that did not know', () => {
    expect(v.parse(SettingsSchema, { autoCheck: false })).toEqual({
      autoCheck: false,
      checkAt: '04:20',
      channel: null,
      keep: null,
    });
  });

  it('leaves out a setting of a later version, so that an older agent can read the file', () => {
    expect(v.parse(SettingsSchema, { ...ALL, window: '02:00' })).toEqual(ALL);
  });

  it.each([{}, { autoCheck: 'true' }, { autoCheck: 1 }, { autoCheck: null }, null, 'on'])(
    'refuses %j',
    (settings) => {
      expect(v.is(SettingsSchema, settings)).toBe(false);
    },
  );
});

describe('SettingsChangeSchema', () => {
  it.each([{ autoCheck: true }, { checkAt: '03:00' }, { channel: null }, { keep: 2 }, ALL])(
    'takes %j as it is',
    (change) => {
      expect(v.parse(SettingsChangeSchema, change)).toEqual(change);
    },
  );

  it.each([
    ...['4:20', '04:60', '24:00', '04:20:00', '04:20\n', '*:0/1', '', null, 420].map((checkAt) => ({
      checkAt,
    })),
    ...[0, 6, 1.5, Number.NaN, '2', true].map((keep) => ({ keep })),
    ...['Beta', '', 'nightly'].map((channel) => ({ channel })),
    {},
    { autoCheck: undefined },
    { autoCheck: true, window: '02:00' },
  ])('refuses %j', (change) => {
    expect(v.is(SettingsChangeSchema, change)).toBe(false);
  });
});
