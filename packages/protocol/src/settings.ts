/** What the owner may change from the dashboard. */
import * as v from 'valibot';

export const SettingsSchema = v.object({
  /** Look for a new release once a day (the systemd timer). Never installs anything. */
  autoCheck: v.boolean(),
});
export type Settings = v.InferOutput<typeof SettingsSchema>;
