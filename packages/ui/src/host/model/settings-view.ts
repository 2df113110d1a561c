/** The settings as the device has them, and what a person's choice means for it. Pure. */
import type { Settings, SettingsChange, Status } from '@pikit/protocol';
import { describeProblem } from '../../model/words.ts';
import type { PageLanguage } from './page-language.ts';
import type { Saving } from './saver.ts';

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** In a list of choices: nobody has decided, so the device's configuration counts. */
const AS_CONFIGURED = '';
const KEEPS = [1, 2, 3, 4, 5] as const;

export interface SettingsView {
  readonly autoCheck: boolean;
  readonly checkAt: string;
  readonly channel: string;
  readonly channels: readonly Choice[];
  readonly keep: string;
  readonly keeps: readonly Choice[];
}

export function settingsView({ settings, channel }: Status, language: PageLanguage): SettingsView {
  const { device, settings: words } = language.page;
  // What is configured is known only while it counts.
  const configured =
    settings.channel === null
      ? language.fill(words.asConfiguredNow, { now: device[channel] })
      : words.asConfigured;
  return {
    autoCheck: settings.autoCheck,
    checkAt: settings.checkAt,
    channel: settings.channel ?? AS_CONFIGURED,
    channels: [
      { value: AS_CONFIGURED, label: configured },
      { value: 'stable', label: device.stable },
      { value: 'beta', label: device.beta },
    ],
    keep: String(settings.keep ?? AS_CONFIGURED),
    keeps: [
      { value: AS_CONFIGURED, label: words.asConfigured },
      ...KEEPS.map((count) => ({ value: String(count), label: String(count) })),
    ],
  };
}

/** Undefined for a choice that there is not, such as a time that is half typed. */
export function changeOf(name: keyof Settings, value: string): SettingsChange | undefined {
  switch (name) {
    case 'autoCheck':
      return { autoCheck: value === 'on' };
    case 'checkAt':
      return value === '' ? undefined : { checkAt: value };
    case 'channel':
      return { channel: value === 'stable' || value === 'beta' ? value : null };
    case 'keep':
      return { keep: value === AS_CONFIGURED ? null : Number(value) };
  }
}

/** Beside the setting: what became of the last change. */
export function savingWords(
  saving: Saving<unknown>,
  language: PageLanguage,
): { readonly text: string; readonly isBad: boolean } {
  const words = language.page.settings;
  switch (saving.kind) {
    case 'idle':
      return { text: '', isBad: false };
    case 'saving':
      return { text: words.saving, isBad: false };
    case 'saved':
      return { text: words.saved, isBad: false };
    case 'refused': {
      const told = describeProblem(saving.problem, language);
      return { text: language.fill(words.refused, { ...told }), isBad: true };
    }
  }
}
