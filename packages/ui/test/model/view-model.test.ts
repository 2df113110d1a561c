/** Chip and modal from one situation: the parts that the other tables do not cover. */
import { describe, expect, it } from 'vitest';
import type { Status, Version } from '@pikit/protocol';
import { loadLanguage } from '../../src/catalogue/load-language.ts';
import {
  aDrift,
  aResult,
  aSituation,
  aStatus,
  aTransaction,
  ID,
  NOW,
  RELEASE,
} from '../support/builders.ts';
import { shownOf } from '../support/shown.ts';

const JUST_NOW = new Date(NOW - 59_000).toISOString();
const language = await loadLanguage('en');
const modalOf = (status: Partial<Status>) =>
  shownOf(aSituation({ status: aStatus(status) }), NOW, language).modal;

const announced = (status: Partial<Status>) =>
  shownOf(aSituation({ status: aStatus(status) }), NOW, language).announcement;

describe('modalView', () => {
  it('shows the release that can be installed', () => {
    expect(modalOf({ offered: RELEASE }).release).toEqual({
      id: `${RELEASE.manifestSha256} 1.3.0`,
      version: '1.4.0',
      heading: 'What changes in 1.4.0',
      facts: ['Released Nov 21, 2026', '2.8 MB to download'],
      notes: 'Better.',
      breaking: [],
      changelog: 'https://example.org/changes',
      trust: {
        signed: true,
        words: 'Signed by its maintainer, checked with the key “pi-kit” 9A0B7C3D1E5F2846.',
      },
      heldBack: undefined,
    });
  });

  it.each([
    ['rolled-back', '1.4.0', 'This version was taken back on this device before.'],
    ['failed', '1.4.0', 'Installing this version failed on this device before.'],
    ['failed', '1.4.1', undefined],
  ] as const)('says of a release that it was held back: %s, %s', (reason, version, words) => {
    const held_back = { version: version as Version, transaction: ID, reason };
    const { release, actions } = modalOf({ offered: RELEASE, held_back });
    expect(release?.heldBack?.split('. ')[0]).toBe(words?.slice(0, -1));
    expect(actions.install).toEqual({ shown: true, reason: undefined });
  });

  it('says what it does not know about a release', () => {
    const offered = { ...RELEASE, released: null, bundleBytes: null, notes: ' \n' };
    expect(modalOf({ offered, trust: 'unsigned' }).release).toMatchObject({
      facts: ['Size not known'],
      notes: undefined,
      trust: { signed: false },
    });
  });

  it.each([
    [
      'a key that a release introduced',
      { signedBy: { key: 'ABCDEF0123456789', name: null } },
      /the key ABCDEF0123456789\.$/,
    ],
    [
      'a release that was found before there was a key',
      { signedBy: null },
      /^Its signature is checked/,
    ],
    [
      'a date that was judged',
      { expires: { at: '2027-01-01T00:00:00Z', judged: true } },
      /2846\.$/,
    ],
    [
      'a date that could not be judged',
      { expires: { at: '2027-01-01T00:00:00Z', judged: false } },
      /2846\. It is good until Jan 1, 2027, but the clock/,
    ],
  ])('says who vouches for %s', (_what, patch, words) => {
    expect(modalOf({ offered: { ...RELEASE, ...patch } }).release?.trust.words).toMatch(words);
  });

  it.each([
    ['http://example.org/a b', 'http://example.org/a%20b'],
    ['javascript:alert(1)', undefined],
    ['data:text/html,x', undefined],
    ['file:///etc/passwd', undefined],
    ['see the wiki', undefined],
    ['', undefined],
  ])('links the changelog %j only when it is a web address', (changelog, shown) => {
    expect(modalOf({ offered: { ...RELEASE, changelog } }).release?.changelog).toBe(shown);
  });

  it('tells what will really be fetched, and what restarts', () => {
    const restarts = ['nginx.service', 'backup.timer'];
    const { release } = modalOf({ offered: { ...RELEASE, downloadBytes: 212_400, restarts } });
    expect(release?.facts).toContain('212 kB to download');
    expect(release?.restarts).toBe('Restarts: nginx, backup.timer');
    const kept = modalOf({ offered: { ...RELEASE, downloadBytes: 0 } });
    expect(kept.release?.facts).toContain('Downloaded, ready to install');
    expect(modalOf({ offered: RELEASE }).release?.restarts).toBeUndefined();
  });

  it('remembers what was done before this very release', () => {
    const offered = { ...RELEASE, breaking: ['one', 'two'] };
    const ticked = { of: RELEASE.manifestSha256, duties: ['two'] };
    const { modal } = shownOf(aSituation({ status: aStatus({ offered }), ticked }), NOW, language);
    expect(modal.release?.breaking).toEqual([
      { duty: 'one', isDone: false },
      { duty: 'two', isDone: true },
    ]);
  });

  it('shows the work instead of the release while something runs', () => {
    const modal = modalOf({ offered: RELEASE, transaction: aTransaction() });
    expect(modal.release).toBeUndefined();
    expect(modal.work?.title).toBe('Updating to 1.4.0');
  });

  it.each([
    ['up to date', {}, 'Up to date · Checked 1 hour ago'],
    ['available', { offered: RELEASE }, 'Checked 1 hour ago'],
    ['just checked', { last_check: JUST_NOW }, 'Up to date · Checked just now'],
    ['never checked', { last_check: null }, 'Not checked yet'],
    ['being checked', { checking: true }, 'Looking for a new release…'],
    [
      'the beta channel',
      { channel: 'beta', offered: RELEASE },
      'Checked 1 hour ago · Beta channel',
    ],
  ] as const)('says when it was checked: %s', (_, status, meta) => {
    expect(modalOf(status).meta).toBe(meta);
  });

  it('shows what is newest only when there is something to install', () => {
    expect(modalOf({}).latest).toBeUndefined();
    expect(modalOf({ latest: RELEASE.version, offered: RELEASE }).latest).toBe('1.4.0');
    // The source is behind what was installed from a file.
    expect(modalOf({ latest: RELEASE.version }).latest).toBeUndefined();
    expect(modalOf({ latest: null }).latest).toBe('Not known yet');
  });

  it('asks about a roll-back by version', () => {
    expect(modalOf({ previous: 'preexisting' }).rollBack.confirm.question).toBe(
      'Roll back to the earlier dashboard?',
    );
  });

  it('announces the outcome when the work has ended', () => {
    const last_result = aResult();
    expect(announced({ current: last_result.to, last_result })).toBe('1.4.0 is installed');
    expect(announced({})).toBe('Up to date');
  });

  it.each([
    ['committed', undefined],
    ['failed', 'The update failed'],
  ] as const)('shows damage beside what %s, unless that was good news', (outcome, title) => {
    const last_result = aResult({ outcome, to: '1.3.0' as Version });
    const { notice, files } = modalOf({ last_result, drift: aDrift() });
    expect(notice?.title).toBe(title);
    expect(files.damaged?.title).toBe('1 installed file is damaged');
  });

  it('shows the last known state and no buttons to somebody who is signed out', () => {
    const link = { kind: 'signed-out', since: NOW } as const;
    const { modal, chip } = shownOf(aSituation({ link, status: undefined }), NOW, language);
    expect(modal.signedOut).toBe(true);
    expect(modal.actions.check.shown).toBe(false);
    expect(chip.label).toBe('Sign in');
  });
});
