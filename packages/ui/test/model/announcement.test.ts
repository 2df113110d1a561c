/** What is read out: never more often than somebody can listen. */
import { describe, expect, it } from 'vitest';
import { loadChipLanguage } from '../../src/catalogue/load-language.ts';
import { announcementOf } from '../../src/model/announcement.ts';
import { chipView } from '../../src/model/chip-view.ts';
import type { Situation } from '../../src/model/situation.ts';
import { aSituation, aStatus, aTransaction, NOW, RELEASE } from '../support/builders.ts';

const language = await loadChipLanguage('en');
const announced = (situation: Situation, told?: string) =>
  announcementOf(situation, chipView(situation, NOW, language), language, told);

describe('announcementOf', () => {
  it('announces phases and quarters only', () => {
    const said = [0, 20, 45, 47, 80, 99].map((bytesDone) => {
      const progress = {
        phase: 'staging',
        bytesDone,
        bytesTotal: 100,
        filesDone: 0,
        filesTotal: 0,
      } as const;
      const status = aStatus({ transaction: aTransaction(), progress });
      return announced(aSituation({ status }), 'Something else');
    });
    expect(new Set(said)).toEqual(
      new Set([
        'Updating to 1.4.0. Downloading. 0%',
        'Updating to 1.4.0. Downloading. 25%',
        'Updating to 1.4.0. Downloading. 50%',
      ]),
    );
  });

  it('says what the dialog tells, and the word of the chip while nobody has words for that', () => {
    const situation = aSituation({ status: aStatus({ offered: RELEASE }) });
    expect(announced(situation, '1.4.0 is installed')).toBe('1.4.0 is installed');
    expect(announced(situation)).toBe('Update available');
  });

  it('is silent while a page begins', () => {
    const link = { kind: 'connecting', since: NOW } as const;
    const situation = aSituation({ link, status: undefined });
    expect(announced(situation)).toBe('');
  });

  it('tells nobody of work who is signed out', () => {
    const status = aStatus({ transaction: aTransaction() });
    const link = { kind: 'signed-out', since: NOW } as const;
    expect(announced(aSituation({ status, link }))).toBe('Sign in');
  });
});
