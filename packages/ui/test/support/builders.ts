/** Statuses and situations for tests: whole and valid, with only what a test is about named in it. */
import type { Drift, Sha256, Status, TransactionId, Version } from '@pikit/protocol';
import type { AgentStatus, Situation } from '../../src/model/situation.ts';

export const NOW = Date.parse('2026-11-23T12:00:00.000Z');
export const ID = '20261123T115800Z-4f2a9c' as TransactionId;

const version = (text: string): Version => text as Version;

export const RELEASE: NonNullable<Status['offered']> = {
  version: version('1.4.0'),
  manifestSha256: 'a'.repeat(64) as Sha256,
  channel: 'stable',
  changelog: 'https://example.org/changes',
  notes: 'Better.',
  breaking: [],
  released: '2026-11-21T09:00:00.000Z',
  bundleBytes: 2_841_600,
  signedBy: { key: '9A0B7C3D1E5F2846', name: 'pi-kit' },
  expires: null,
  earlier: [],
  downloadBytes: null,
  restarts: [],
};

export function aStatus(change: Partial<Status> = {}): Status {
  return {
    boot: 'boot-a',
    revision: 1,
    channel: 'stable',
    current: version('1.3.0'),
    latest: version('1.3.0'),
    offered: null,
    previous: version('1.2.0'),
    trust: 'signed',
    checking: false,
    last_check: '2026-11-23T11:00:00.000Z',
    check_error: null,
    transaction: null,
    progress: null,
    last_result: null,
    backup_path: null,
    settings: { autoCheck: true, checkAt: '04:20', channel: null, keep: null },
    drift: null,
    held_back: null,
    edited: [],
    ready: null,
    skipped: null,
    ...change,
  };
}

/** Of 1.3.0, five minutes ago: one file is damaged. */
export function aDrift(change: Partial<Drift> = {}): Drift {
  return {
    checkedAt: '2026-11-23T11:55:00.000Z',
    version: version('1.3.0'),
    files: [{ path: 'web/app.js', problem: 'changed' }],
    total: 1,
    damaged: 1,
    ...change,
  };
}

export const anAgentStatus = (change: Partial<Status> = {}): AgentStatus => ({
  ...aStatus(change),
  agent: 'reachable',
});

export function aTransaction(
  change: Partial<NonNullable<Status['transaction']>> = {},
): NonNullable<Status['transaction']> {
  return {
    id: ID,
    kind: 'apply',
    by: 'dashboard',
    from: version('1.3.0'),
    to: version('1.4.0'),
    phase: 'staging',
    cancellable: true,
    startedAt: '2026-11-23T11:58:36.000Z',
    ...change,
  };
}

export function aResult(
  change: Partial<NonNullable<Status['last_result']>> = {},
): NonNullable<Status['last_result']> {
  return {
    id: ID,
    kind: 'apply',
    by: 'dashboard',
    from: version('1.3.0'),
    to: version('1.4.0'),
    outcome: 'committed',
    error: null,
    startedAt: '2026-11-23T11:57:00.000Z',
    endedAt: '2026-11-23T11:59:00.000Z',
    bytesFetched: 1,
    ...change,
  };
}

export function aSituation(change: Partial<Situation> = {}): Situation {
  return {
    link: { kind: 'live', since: NOW - 60_000 },
    status: aStatus(),
    agent: 'reachable',
    awaySince: undefined,
    aheadMs: 0,
    peak: undefined,
    pace: undefined,
    pending: undefined,
    problem: undefined,
    log: undefined,
    ticked: undefined,
    isNew: false,
    ...change,
  };
}
