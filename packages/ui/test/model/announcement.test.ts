/** What is read out: never more often than somebody can listen. */
import { describe, expect, it } from 'vitest';
import { loadChipLanguage } from '../../src/catalogue/load-language.ts';
import { announcementOf } from '../../src/model/announcement.ts';
import { aSituation, aStatus, aTransaction, NOW, RELEASE } from '../support/builders.ts';

const language = await loadChipLanguage('en');

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
      return announcementOf(aSituation({ status }), NOW, language, 'Something else');
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
    expect(announcementOf(situation, NOW, language, '1.4.0 is installed')).toBe(
      '1.4.0 is installed',
    );
    expect(announcementOf(situation, NOW, language, undefined)).toBe('Update available');
  });

  it('is silent while a page begins', () => {
    const link = { kind: 'connecting', since: NOW } as const;
    const situation = aSituation({ link, status: undefined });
    expect(announcementOf(situation, NOW, language, undefined)).toBe('');
  });

  it('tells nobody of work who is signed out', () => {
    const status = aStatus({ transaction: aTransaction() });
    const link = { kind: 'signed-out', since: NOW } as const;
    expect(announcementOf(aSituation({ status, link }), NOW, language, undefined)).toBe('Sign in');
  });
});
