/** What the page says about the installed files: damage, edits of the owner, and the last audit. */
import { describe, expect, it } from 'vitest';
import type { Drift } from '@pikit/protocol';
import { filesView } from '../../src/model/files-view.ts';
import { loadLanguage } from '../../src/catalogue/load-language.ts';
import type { Situation } from '../../src/model/situation.ts';
import { aDrift, aSituation, aStatus, aTransaction, NOW } from '../support/builders.ts';

const language = await loadLanguage('en');

const view = (change: Partial<Situation>) => filesView(aSituation(change), NOW, language);
const found = (drift: Partial<Drift>) => ({ status: aStatus({ drift: aDrift(drift) }) });
const changed = (path: string) => ({ path, problem: 'changed' }) as const;
const EDITED = ['/etc/pikit/a.toml'];

describe('filesView', () => {
  it('says what damage means, where it is and what a repair does', () => {
    const files = [
      { path: 'web/app.js', problem: 'missing' } as const,
      { path: 'web/upload.txt', problem: 'extra' } as const,
      { path: 'api.py', problem: 'mode' } as const,
    ];
    expect(view(found({ files, total: 3, damaged: 2 })).damaged).toEqual({
      tone: 'bad',
      title: '2 installed files are damaged',
      happened: 'The dashboard may not work as it should.',
      state: undefined,
      files: ['web/app.js is missing', 'api.py has the wrong permissions'],
      whatToDo: expect.stringContaining('Repair puts 1.3.0 back as it was released.') as unknown,
    });
  });

  it('lists the first of many', () => {
    const files = Array.from({ length: 7 }, (_, index) => changed(`file-${String(index)}`));
    const { damaged } = view(found({ files, total: 140, damaged: 140 }));
    expect(damaged?.files).toHaveLength(6);
    expect(damaged?.files.at(-1)).toBe('and 135 more');
  });

  it('sends nobody to a repair that cannot be', () => {
    const drift = aDrift({ version: 'preexisting', damaged: 1 });
    const { damaged } = view({ status: aStatus({ current: 'preexisting', drift }) });
    expect(damaged?.whatToDo).toContain('Install a release instead.');
  });

  it('names each edited file and what to do with the new one beside it', () => {
    const { edited } = view({ status: aStatus({ edited: EDITED }) });
    expect(edited).toMatchObject({
      tone: 'neutral',
      files: EDITED,
      whatToDo: expect.stringContaining('.pikit-new') as unknown,
    });
  });

  it.each([
    ['only what is too much was found', found({ files: [], total: 3, damaged: 0 })],
    ['nothing was looked at', {}],
    ['nothing is known', { status: undefined }],
    [
      'something runs',
      {
        status: aStatus({ drift: aDrift(), edited: EDITED, transaction: aTransaction() }),
      },
    ],
    [
      'somebody has to sign in',
      {
        status: aStatus({ drift: aDrift(), edited: EDITED }),
        link: { kind: 'signed-out', since: 0 },
      },
    ],
  ] as const)('warns of nothing when %s', (_, change) => {
    expect(view(change)).toMatchObject({ damaged: undefined, edited: undefined });
  });

  it.each([
    ['nothing was looked at', {}, 'unknown', 'Not checked yet.', undefined],
    [
      'all is well',
      found({ damaged: 0 }),
      'whole',
      'All installed files are as they should be.',
      5,
    ],
    ['one is damaged', found({ damaged: 1 }), 'damaged', '1 installed file is damaged.', 5],
    [
      'an audit runs',
      { ...found({ damaged: 1 }), pending: 'verify' },
      'running',
      'Reading every file. This may take a minute.',
      undefined,
    ],
    [
      'a repair looks first',
      { ...found({ damaged: 1 }), pending: 'repair' },
      'running',
      'Reading every file. This may take a minute.',
      undefined,
    ],
  ] as const)('tells of the audit when %s', (_, change, state, words, minutes) => {
    expect(view(change).audit).toEqual({
      state,
      words,
      checked: minutes === undefined ? undefined : `Checked ${String(minutes)} minutes ago.`,
    });
  });

  it('says in German that files were checked, not looked for', async () => {
    const german = await loadLanguage('de');
    const { audit } = filesView(aSituation(found({ damaged: 0 })), NOW, german);
    expect(audit.checked).toBe('Geprüft vor 5 Minuten.');
  });
});
