/** The owner's settings: every one has a plain type, and none is guessed from a word that looks like it. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { SettingsSchema } from '../src/settings.ts';

describe('SettingsSchema', () => {
  it.each([{ autoCheck: true }, { autoCheck: false }])('takes %j', (settings) => {
    expect(v.parse(SettingsSchema, settings)).toEqual(settings);
  });

  it('leaves out a setting of a later version, so that an older agent can read the file', () => {
    expect(v.parse(SettingsSchema, { autoCheck: true, window: '02:00' })).toEqual({
      autoCheck: true,
    });
  });

  it.each([{}, { autoCheck: 'true' }, { autoCheck: 1 }, { autoCheck: null }, null, 'on'])(
    'refuses %j',
    (settings) => {
      expect(v.is(SettingsSchema, settings)).toBe(false);
    },
  );
});
