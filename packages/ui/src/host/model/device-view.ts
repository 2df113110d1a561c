/** What runs on this device, as names and values. Pure. */
import type { Status } from '@pikit/protocol';
import { versionLabel } from '../../model/words.ts';
import type { PageLanguage } from './page-language.ts';

export interface Fact {
  readonly name: string;
  readonly value: string;
}

function checkedWords({ last_check, check_error }: Status, language: PageLanguage): string {
  const words = language.page.device;
  if (last_check === null) return words.never;
  const at = language.moment(last_check);
  return check_error === null ? at : language.fill(words.checkFailed, { at });
}

export function deviceView(status: Status, language: PageLanguage): readonly Fact[] {
  const words = language.page.device;
  const { current, previous, channel, trust } = status;
  return [
    { name: words.installed, value: versionLabel(current, language) },
    {
      name: words.previous,
      value: previous === null ? words.nothingBefore : versionLabel(previous, language),
    },
    { name: words.channel, value: words[channel] },
    { name: words.trust, value: words[trust] },
    { name: words.checked, value: checkedWords(status, language) },
  ];
}
