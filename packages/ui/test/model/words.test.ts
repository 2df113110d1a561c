/** From codes and versions to sentences. */
import { describe, expect, it } from 'vitest';
import type { Version } from '@pikit/protocol';
import { loadLanguage } from '../../src/catalogue/load-language.ts';
import type { ProblemCode } from '../../src/model/situation.ts';
import {
  checkedWords,
  describeProblem,
  signInMistake,
  versionInSentence,
  versionLabel,
} from '../../src/model/words.ts';

const language = await loadLanguage('en');

describe('describeProblem', () => {
  it.each(['a-code-of-tomorrow', 'toString'])('reads %s as a mistake of the updater', (code) => {
    const problem = { code: code as ProblemCode, details: {} };
    expect(describeProblem(problem, language).title).toBe('The updater made a mistake');
  });

  const room = { mount: '/data', path: '/data/pikit', needed: 48_000_000, free: 9_300_000 };

  it('puts sizes into the sentence about space', () => {
    const { whatToDo } = describeProblem({ code: 'no-space', details: room }, language);
    expect(whatToDo).toContain('The filesystem at /data needs 48 MB and has 9.3 MB.');
  });

  it('does not call inodes bytes', () => {
    const details = { ...room, what: 'inodes' };
    const { title, whatToDo } = describeProblem({ code: 'no-space', details }, language);
    expect(title).toBe('There is no room for more files');
    expect(whatToDo).toContain('needs 48000000, has 9300000');
  });

  it('says of a missing member that it is missing', () => {
    const reason = 'Invalid key: Expected "version" but received undefined';
    const problem = { code: 'manifest-invalid', details: { where: 'version', reason } } as const;
    expect(describeProblem(problem, language).whatToDo).toContain('(version is missing)');
  });

  it('says something about a code that it does not know', () => {
    const code = 'a-code-of-tomorrow' as ProblemCode;
    expect(describeProblem({ code, details: {} }, language).title).toBe(
      'The updater made a mistake',
    );
  });
});

describe('checkedWords', () => {
  it.each([
    [59_000, 'Checked just now'],
    [61_000, 'Checked 1 minute ago'],
  ])('%i ms later', (passed, words) => {
    expect(checkedWords(1000, 1000 + passed, language)).toBe(words);
  });
});

describe('versions', () => {
  it.each([
    ['1.4.0' as Version, '1.4.0', '1.4.0'],
    ['preexisting', 'The earlier dashboard', 'the earlier dashboard'],
    [null, 'Nothing yet', 'no release'],
  ] as const)('%s', (version, label, inSentence) => {
    expect(versionLabel(version, language)).toBe(label);
    expect(versionInSentence(version, language)).toBe(inSentence);
  });
});

describe('signInMistake', () => {
  it('names the password when the session is refused', () => {
    const problem = { code: 'unauthenticated', details: {} } as const;
    expect(signInMistake(problem, language)).toEqual({
      text: 'That is not the password.',
      asksCode: false,
    });
  });

  it('does not blame the password when the browser keeps no cookie', () => {
    const problem = { code: 'unauthenticated', details: { reason: 'no-cookie' } } as const;
    const { text, asksCode } = signInMistake(problem, language);
    expect(text).toMatch(/^The password is right, but this browser keeps no cookies/);
    expect(asksCode).toBe(false);
  });

  it('says how long to wait after too many tries', () => {
    const problem = { code: 'rate-limited', details: { retryAfter: 8 } } as const;
    expect(signInMistake(problem, language)).toEqual({
      text: 'Too many tries. Wait 8 s before the next one.',
      asksCode: false,
    });
  });

  it.each([
    ['forbidden', { reason: 'no-password' }, 'No password is set yet.'],
    ['unauthenticated', { reason: 'wrong-code' }, 'That is not the set-up code.'],
    ['forbidden', { reason: 'no-code' }, 'systemctl restart pikit-api'],
    ['forbidden', { reason: 'password-set' }, 'A password is set already.'],
  ] as const)('asks for the set-up code after %s %j', (code, details, words) => {
    const { text, asksCode } = signInMistake({ code, details }, language);
    expect(text).toContain(words);
    expect(asksCode).toBe(true);
  });

  it('asks for a longer password, and not for the code', () => {
    const details = { reason: 'password-length', min: 8 };
    expect(signInMistake({ code: 'invalid-request', details }, language)).toEqual({
      text: 'A password has at least 8 characters.',
      asksCode: false,
    });
  });
});
