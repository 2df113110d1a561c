/** The judgement on the sources, by what the last try has left. */
import { describe, expect, it } from 'vitest';
import { judgeSources, type SourceFacts } from '../../../src/cli/doctor/sources.ts';

const asked: SourceFacts = { lastCheck: '2026-05-04T04:20:00Z', error: null, sources: [] };
const away = { code: 'offline', details: { host: 'git.lan' } } as const;

describe('judgeSources', () => {
  it.each<[string, SourceFacts, readonly string[]]>([
    ['one that answered', asked, ['ok']],
    ['one that was never asked', { ...asked, lastCheck: null }, ['warning']],
    ['one that is away', { ...asked, error: away }, ['bad']],
    [
      'one that was passed over',
      {
        ...asked,
        sources: [
          { name: 'stick', failure: away },
          { name: 'web', failure: null },
        ],
      },
      ['warning', 'ok'],
    ],
    [
      'all of them away',
      { ...asked, error: away, sources: [{ name: 'stick', failure: away }] },
      ['bad'],
    ],
  ])('%s', (_what, facts, levels) => {
    expect(judgeSources(facts).map(({ level }) => level)).toEqual(levels);
  });

  it('says what a person does about it', () => {
    expect(judgeSources({ ...asked, error: away })[0]?.advice).toContain('network');
    const other = { code: 'source-invalid', details: {} } as const;
    expect(judgeSources({ ...asked, error: other })[0]?.advice).toContain('updater.toml');
  });
});
