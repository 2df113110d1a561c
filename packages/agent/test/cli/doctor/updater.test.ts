/** The judgement on whose agent runs, and on whether a release can bring another. */
import { describe, expect, it } from 'vitest';
import {
  judgeSelfUpdate,
  judgeUpdater,
  type UpdaterFacts,
} from '../../../src/cli/doctor/updater.ts';

const factory: UpdaterFacts = { chosen: 'installed', installed: '0.2.0', release: undefined };
const brought = (version: string | undefined, ...missing: string[]) => ({ version, missing });

describe('judgeUpdater', () => {
  it.each<[string, UpdaterFacts, boolean, string, string]>([
    ['the package’s alone', factory, true, 'ok', '0.2.0 of the package or install.sh'],
    [
      'that of a release',
      { ...factory, chosen: 'release', release: brought('0.3.0') },
      true,
      'ok',
      '0.3.0 of the release (/usr/local/lib/pikit) runs; 0.2.0 of the package',
    ],
    [
      'that of a release, which does not answer',
      { ...factory, chosen: 'release', release: brought('0.3.0') },
      false,
      'warning',
      '0.3.0 of the release (/usr/local/lib/pikit) is to run',
    ],
    [
      'an older one of a release',
      { ...factory, release: brought('0.1.0') },
      true,
      'ok',
      'because 0.1.0 of the release (/usr/local/lib/pikit) is older',
    ],
    [
      'one of a release without a version',
      { ...factory, release: brought(undefined) },
      true,
      'bad',
      'is broken (/usr/local/lib/pikit/lib has no version); 0.2.0 of the package',
    ],
    [
      'half of one',
      { ...factory, chosen: 'release', release: brought('0.3.0', 'pikit-api.mjs') },
      true,
      'bad',
      'has no pikit-api.mjs',
    ],
    ['a package without a version', { ...factory, installed: undefined }, true, 'bad', 'version'],
    ['a launcher that fails', { ...factory, chosen: undefined }, true, 'bad', 'start'],
  ])('%s', (_what, facts, answers, level, words) => {
    expect(judgeUpdater(facts, answers)).toMatchObject({
      level,
      found: expect.stringContaining(words) as unknown,
    });
  });
});

describe('judgeSelfUpdate', () => {
  it('says nothing where a release can bring an updater, or where nobody knows', () => {
    expect(judgeSelfUpdate({ hasTarget: true, isApiTold: true })).toEqual([]);
    expect(judgeSelfUpdate(undefined)).toEqual([]);
  });

  it('names the lines that settings from before lack', () => {
    const [verdict] = judgeSelfUpdate({ hasTarget: false, isApiTold: false });
    expect(verdict?.level).toBe('warning');
    for (const words of ['from = "updater/"', 'to = "/usr/local/lib/pikit"', 'pikit-api.service']) {
      expect(verdict?.advice).toContain(words);
    }
    const [api] = judgeSelfUpdate({ hasTarget: true, isApiTold: false });
    expect(api?.advice).not.toContain('[[target]]');
  });
});
