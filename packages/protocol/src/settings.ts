/**
 * What the owner may change from the dashboard. A settings file of an earlier agent lacks what it did not know, and an
 * earlier agent leaves out what it does not know.
 */
import * as v from 'valibot';
import { ChannelSchema } from './release.ts';

const CheckAtSchema = v.pipe(
  v.string(),
  v.regex(/^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/, 'Invalid time: write it like 04:20'),
);
const KeepSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(5));

export const SettingsSchema = v.object({
  /** Look for a new release once a day (the systemd timer). Never installs anything. */
  autoCheck: v.boolean(),
  /** When, in the device's local time. */
  checkAt: v.optional(CheckAtSchema, '04:20'),
  /** Null: as the device's config file says. */
  channel: v.optional(v.nullable(ChannelSchema), null),
  /** How many earlier releases are kept for a roll-back. Null: as the device's config file says. */
  keep: v.optional(v.nullable(KeepSchema), null),
});
export type Settings = v.InferOutput<typeof SettingsSchema>;

/** Whatever is left out stays as it is, but not everything. */
export const SettingsChangeSchema = v.pipe(
  v.strictObject({
    autoCheck: v.exactOptional(v.boolean()),
    checkAt: v.exactOptional(CheckAtSchema),
    channel: v.exactOptional(v.nullable(ChannelSchema)),
    keep: v.exactOptional(v.nullable(KeepSchema)),
  }),
  v.minEntries(1, 'Names none of the settings autoCheck, checkAt, channel, keep'),
);
export type SettingsChange = v.InferOutput<typeof SettingsChangeSchema>;

/** Of a device on which nobody has decided anything. */
export const DEFAULT_SETTINGS: Settings = v.parse(SettingsSchema, { autoCheck: true });
