/** The words on the operator's terminal: nothing is left out that matters, and nothing gets through that would repaint it. */
import {
  LogLineSchema,
  PHASES,
  StatusSchema,
  TransactionIdSchema,
  TransactionResultSchema,
  type ErrorView,
  type Status,
} from '@pikit/protocol';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  aLogLine,
  aReleaseSummary,
  aSha256,
  aStatus,
  aTransactionId,
  aTransactionResult,
} from '../../../protocol/test/sample-documents.ts';
import {
  describeAudit,
  describeError,
  describeFinding,
  describeHistory,
  describeInstall,
  describeLine,
  describeLog,
  describeProgress,
  describeResult,
  describeStatus,
} from '../../src/cli/print.ts';

type Patch = Partial<v.InferInput<typeof StatusSchema>>;

const OFFLINE = { code: 'offline', details: { host: 'git.example' } } as const;

/** At rest: nothing offered, nothing running, nothing failed. */
function status(patch: Patch = {}): Status {
  const quiet = { offered: null, latest: '1.3.0', check_error: null, transaction: null };
  return v.parse(StatusSchema, { ...aStatus(), ...quiet, last_result: null, ...patch });
}

function aDrift(patch: { readonly total: number; readonly damaged: number }) {
  return { checkedAt: 'T', version: '1.3.0', files: [], ...patch };
}

/** The line that begins with this word, without it. */
function lineOf(word: string, patch: Patch): string | undefined {
  const line = describeStatus(status(patch))
    .split('\n')
    .find((text) => text.startsWith(word));
  return line?.slice(word.length).trim();
}

describe('describeStatus', () => {
  it.each([
    [{ version: '1.4.0', transaction: aTransactionId(), reason: 'rolled-back' }, 'was rolled back'],
    [{ version: '1.4.0', transaction: aTransactionId(), reason: 'failed' }, 'failed'],
  ] as const)('says what is held back, and why', (held_back, what) => {
    expect(lineOf('held back', { offered: aReleaseSummary(), held_back })).toBe(
      `1.4.0 ${what} (${aTransactionId()}): only a person installs it again`,
    );
    expect(lineOf('held back', { held_back: null })).toBeUndefined();
  });

  it.each([
    ['installed', { current: '1.3.0' }, '1.3.0'],
    ['installed', { current: 'preexisting' }, 'preexisting'],
    ['installed', { current: null }, 'unknown'],
    [
      'available',
      { offered: aReleaseSummary() },
      `1.4.0 (manifest ${aSha256()}; 65536 bytes to fetch; restarts pikit-web.service)`,
    ],
    [
      'available',
      {
        offered: {
          ...aReleaseSummary(),
          downloadBytes: null,
          restarts: [],
          signedBy: { key: 'ABCDEF0123456789', name: 'pi-kit' },
          expires: { at: '2027-01-01T00:00:00Z', judged: false },
        },
      },
      `1.4.0 (manifest ${aSha256()}; signed by pi-kit ABCDEF0123456789; good until 2027-01-01T00:00:00Z, not judged: the clock is not synchronised)`,
    ],
    ['available', {}, 'up to date'],
    ['available', { latest: null }, 'nothing published'],
    ['available', { latest: null, check_error: OFFLINE }, 'unknown'],
    ['available', { latest: null, last_check: null }, 'not checked yet'],
    [
      'signature',
      { trust: 'unsigned' },
      'unsigned: hashes are checked, but nobody vouches for them',
    ],
    ['signature', { trust: 'signed' }, 'required: only what a trusted key has signed is installed'],
    ['last check', { last_check: null }, 'never'],
    ['last check', { last_check: '2026-01-02T04:19:00.000Z' }, '2026-01-02T04:19:00.000Z'],
    [
      'last check',
      { last_check: 'T', check_error: OFFLINE },
      'T, failed: offline (host=git.example)',
    ],
    [
      'last check',
      { last_check: null, check_error: OFFLINE },
      'never, failed: offline (host=git.example)',
    ],
    ['roll back', { previous: null }, 'not possible'],
    ['roll back', { previous: '1.2.0' }, 'to 1.2.0'],
    ['roll back', { previous: 'preexisting' }, 'to preexisting'],
    ['daily check', { settings: { autoCheck: true, checkAt: '03:00' } }, 'on, at 03:00'],
    ['daily check', { settings: { autoCheck: false } }, 'off'],
    ['channel', {}, 'stable'],
    [
      'channel',
      { channel: 'beta', settings: { autoCheck: true, channel: 'beta' } },
      'beta (chosen by the owner)',
    ],
    ['keeps', {}, undefined],
    ['keeps', { settings: { autoCheck: true, keep: 3 } }, '3 earlier (chosen by the owner)'],
    ['skipped', { skipped: null }, undefined],
    ['skipped', {}, '1.4.0: not announced, and only a person installs it'],
    ['files', { drift: null }, undefined],
    ['files', {}, '1 damaged (audited 2026-01-01T04:20:00.000Z)'],
    ['files', { drift: aDrift({ total: 0, damaged: 0 }) }, 'all whole (audited T)'],
    [
      'files',
      { drift: aDrift({ total: 5, damaged: 3 }) },
      '3 damaged, 2 that no release brought (audited T)',
    ],
    [
      'running',
      { transaction: aStatus().transaction },
      'apply of 1.4.0: staging (20260102T042000Z-0a1b2c)',
    ],
    ['running', {}, undefined],
    ['ready', { ready: null }, undefined],
    [
      'ready',
      {},
      `1.4.0 (manifest ${aStatus().ready?.manifestSha256 ?? ''}; fetched by 20260102T042000Z-0a1b2c)`,
    ],
    ['edited', { edited: [] }, undefined],
    [
      'edited',
      { edited: ['/etc/a', '/etc/b\n'] },
      String.raw`/etc/a, /etc/b\u000a: merge in what FILE.pikit-new beside it brings, then delete that`,
    ],
    ['last result', { last_result: null }, undefined],
    [
      'last result',
      { last_result: { ...aTransactionResult(), outcome: 'committed', error: null } },
      '2026-01-02T04:21:00.000Z apply 1.3.0 -> 1.4.0 committed',
    ],
  ] satisfies [string, Patch, string | undefined][])('says %s of %j: %s', (word, patch, words) => {
    expect(lineOf(word, patch)).toBe(words);
  });
});

describe('describeAudit', () => {
  const WHOLE = aDrift({ total: 0, damaged: 0 });
  it.each([
    ['nothing installed', null, 'nothing is installed yet that could be audited'],
    ['nothing wrong', WHOLE, '1.3.0: all whole (audited T)'],
    [
      'extra files alone',
      { ...WHOLE, total: 1, files: [{ path: 'a', problem: 'extra' }] },
      'extra    a\n1.3.0: all whole, 1 that no release brought (audited T)',
    ],
    [
      'more damage than is listed, under a hostile name',
      { ...WHOLE, total: 9, damaged: 9, files: [{ path: 'a\u001b[2J', problem: 'changed' }] },
      'changed  a\\u001b[2J\n… and 8 more\n1.3.0: 9 damaged (audited T)\nto mend it: pikit-rpc update.repair',
    ],
  ] satisfies [string, Patch['drift'], string][])('says %s', (_what, drift, words) => {
    expect(describeAudit(status({ drift }))).toBe(words);
  });
});

describe('describeFinding', () => {
  it.each([
    [{}, 'available: up to date'],
    [
      { offered: aReleaseSummary() },
      `available: 1.4.0 (manifest ${aSha256()}; 65536 bytes to fetch; restarts pikit-web.service)`,
    ],
    [
      { offered: { ...aReleaseSummary(), downloadBytes: null, restarts: [] } },
      `available: 1.4.0 (manifest ${aSha256()})`,
    ],
    [{ check_error: OFFLINE }, 'check failed: offline (host=git.example)'],
    [
      { offered: aReleaseSummary(), check_error: OFFLINE },
      'check failed: offline (host=git.example)',
    ],
  ] satisfies [Patch, string][])('after a check with %j says %s', (patch, words) => {
    expect(describeFinding(status(patch))).toBe(words);
  });
});

describe('describeInstall', () => {
  it('is the whole command for what is offered, and none for what would be refused', () => {
    expect(describeInstall(status({ offered: aReleaseSummary() }))).toEqual([
      `install it  pikit-rpc update.apply '{"version":"1.4.0","manifestSha256":"${aSha256()}"}'`,
    ]);
    expect(describeInstall(status())).toEqual([]);
    const { transaction } = aStatus();
    expect(describeInstall(status({ offered: aReleaseSummary(), transaction }))).toEqual([]);
  });
});

describe('describeHistory and describeLog', () => {
  it('name the transaction, or say that there was none', () => {
    const transaction = v.parse(TransactionIdSchema, aTransactionId());
    const entries = [v.parse(TransactionResultSchema, aTransactionResult())];
    expect(describeHistory({ entries })).toMatch(
      new RegExp(`^2026-01-02T.* \\(${transaction}\\)$`),
    );
    const lines = [v.parse(LogLineSchema, aLogLine())];
    const log = [`log of ${transaction}`, ...lines.map(describeLine)].join('\n');
    expect(describeLog({ transaction, lines })).toBe(log);
    const nothing = 'nothing was installed yet';
    expect(describeHistory({ entries: [] })).toBe(nothing);
    expect(describeLog({ transaction: null, lines: [] })).toBe(nothing);
  });
});

describe('describeResult', () => {
  it.each([
    [
      {},
      'apply 1.3.0 -> 1.4.0 rolled-back: probe-failed (url=http://127.0.0.1/, reason=status 502)',
    ],
    [{ outcome: 'committed', error: null }, 'apply 1.3.0 -> 1.4.0 committed'],
    [
      { outcome: 'committed', error: null, changed: { added: 1, changed: 2, removed: 0 } },
      'apply 1.3.0 -> 1.4.0 committed (files: 1 added, 2 changed, 0 removed)',
    ],
    [
      { kind: 'rollback', from: '1.4.0', to: 'preexisting', outcome: 'committed', error: null },
      'rollback 1.4.0 -> preexisting committed',
    ],
    [
      { from: null, outcome: 'failed', error: { code: 'offline', details: {} } },
      'apply nothing -> 1.4.0 failed: offline',
    ],
    [{ to: null, outcome: 'broken', error: null }, 'apply 1.3.0 -> nothing broken'],
  ] as const)('of %j is %s', (patch, words) => {
    const result = v.parse(TransactionResultSchema, { ...aTransactionResult(), ...patch });
    expect(describeResult(result)).toBe(`2026-01-02T04:21:00.000Z ${words}`);
  });
});

describe('describeError', () => {
  it.each([
    [{ code: 'offline', details: {} }, 'offline'],
    [
      { code: 'busy', details: { what: 'installing 1.4.0', pid: 812 } },
      'busy (what=installing 1.4.0, pid=812)',
    ],
    [
      { code: 'entry-refused', details: { path: 'a\u001b[2J\u009b2J\n' } },
      String.raw`entry-refused (path=a\u001b[2J\u009b2J\u000a)`,
    ],
  ] satisfies [ErrorView, string][])('of %j is %s', (error, words) => {
    expect(describeError(error)).toBe(words);
  });
});

describe('describeLine', () => {
  it.each([
    ['info', 'staging: 12 files', 'staging: 12 files'],
    ['warning', 'skipped: nginx.service', 'warning: skipped: nginx.service'],
    ['error', 'probing failed', 'error: probing failed'],
    ['info', 'a\nb\u001b]0;x\u0007', String.raw`a\u000ab\u001b]0;x\u0007`],
  ] as const)('of %s %j is %s', (level, message, words) => {
    const line = v.parse(LogLineSchema, { ...aLogLine(), level, message });
    expect(describeLine(line)).toBe(`2026-01-02T04:20:01.000Z ${words}`);
  });
});

describe('describeProgress', () => {
  const NOTHING = { bytesDone: 0, bytesTotal: 0, filesDone: 0, filesTotal: 0 };

  it.each([
    [{}, ''],
    [{ filesDone: 3, filesTotal: 4 }, ' 3/4 files'],
    [{ bytesDone: 1, bytesTotal: 2 }, ' 1/2 bytes'],
    [{ filesDone: 3, filesTotal: 4, bytesDone: 0, bytesTotal: 2 }, ' 3/4 files 0/2 bytes'],
  ])('of %j counts%s', (patch, words) => {
    for (const phase of PHASES)
      expect(describeProgress({ phase, ...NOTHING, ...patch })).toBe(`${phase}${words}`);
  });
});
