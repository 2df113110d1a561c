/** The report of `npm run test:security`: it must not be clean when a part is missing or failed before it could count. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/repository-root.ts';
import { addUp } from './add-up.mjs';
import { countAttacks, type AttackCount } from './tally.ts';

const WHOLE: readonly AttackCount[] = [
  { kind: 'corpus', attacks: 300, wrong: 0, canaryTouched: 0 },
  { kind: 'socket', attacks: 20, wrong: 0, rssRatio: 1.2 },
  { kind: 'tuf', attacks: 12, wrong: 0, canaryTouched: 0 },
];

const reportOf = (counts: readonly object[], passed = true) =>
  addUp({ passed, lines: [...counts.map((count) => JSON.stringify(count)), ''] });

describe('addUp', () => {
  it('adds up what each part has counted', () => {
    expect(reportOf(WHOLE)).toEqual({
      document: { attacks: 332, wrong: 0, canaryTouched: 0, rssRatio: 1.2 },
      complaints: [],
    });
  });

  it.each(['corpus', 'socket', 'tuf'])('complains when %s is missing', (kind) => {
    const { document, complaints } = reportOf(WHOLE.filter((count) => count.kind !== kind));
    expect(complaints).toContain(`The part \`${kind}\` tried no attack.`);
    expect(document.rssRatio).toBe(kind === 'socket' ? null : 1.2);
  });

  it('does not take a part for tried that counted no attack', () => {
    const { complaints } = reportOf([...WHOLE.slice(1), { ...WHOLE[0], attacks: 0 }]);
    expect(complaints).toHaveLength(1);
  });

  it('takes tests that failed without a count for one wrong answer', () => {
    const { document, complaints } = reportOf(WHOLE, false);
    expect(document.wrong).toBe(1);
    expect(complaints).toHaveLength(1);
  });

  it.each([{ wrong: 2 }, { canaryTouched: 1 }])('complains about %o', (change) => {
    const { document, complaints } = reportOf([{ ...WHOLE[0], ...change }, ...WHOLE.slice(1)]);
    expect(document).toMatchObject(change);
    expect(complaints).toHaveLength(1);
  });

  it('takes the worst of several ratios', () => {
    expect(reportOf([...WHOLE, { ...WHOLE[1], rssRatio: 3 }]).document.rssRatio).toBe(3);
  });
});

describe('countAttacks', () => {
  it('writes one line where PIKIT_SECURITY_TALLY says, and none without it', () => {
    const directory = mkdtempSync(join(tmpdir(), 'pk-'));
    const given = process.env['PIKIT_SECURITY_TALLY'];
    try {
      delete process.env['PIKIT_SECURITY_TALLY'];
      countAttacks({ kind: 'tuf', attacks: 1, wrong: 0 });
      const file = join(directory, 'tally');
      process.env['PIKIT_SECURITY_TALLY'] = file;
      countAttacks({ kind: 'corpus', attacks: 2, wrong: 1 });
      expect(readFileSync(file, 'utf8')).toBe('{"kind":"corpus","attacks":2,"wrong":1}\n');
    } finally {
      if (given === undefined) delete process.env['PIKIT_SECURITY_TALLY'];
      else process.env['PIKIT_SECURITY_TALLY'] = given;
      rmSync(directory, { recursive: true });
    }
  });
});

const run = (...args: string[]) =>
  spawnSync(process.execPath, [join(repositoryRoot(), 'test/security/run.mjs'), ...args], {
    encoding: 'utf8',
  });

describe('run.mjs', () => {
  it('explains itself, and refuses what it does not know', () => {
    expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--json') });
    expect(run('--jsn')).toMatchObject({ status: 2, stdout: '' });
  });
});
