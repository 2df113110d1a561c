/** Complete, valid documents of the protocol, so that a test states only what differs in its own case. */
import type * as v from 'valibot';
import type {
  LogLineSchema,
  ReleaseSummarySchema,
  StatusSchema,
  TransactionResultSchema,
} from '../src/index.ts';

export function aSha256(): string {
  return '0123456789abcdef'.repeat(4);
}

export function aTransactionId(): string {
  return '20260102T042000Z-0a1b2c';
}

export function aLogLine(): v.InferInput<typeof LogLineSchema> {
  return { at: '2026-01-02T04:20:01.000Z', level: 'info', message: 'staging: 12 files' };
}

export function aReleaseSummary(): v.InferInput<typeof ReleaseSummarySchema> {
  return {
    version: '1.4.0',
    manifestSha256: aSha256(),
    channel: 'stable',
    changelog: 'https://releases.example/pi-kit/1.4.0',
    notes: '- a faster start',
    breaking: [],
    released: '2026-01-01T00:00:00Z',
    bundleBytes: 1_048_576,
    signedBy: null,
    expires: null,
    earlier: [],
    downloadBytes: 65_536,
    restarts: ['pikit-web.service'],
  };
}

export function aTransactionResult(): v.InferInput<typeof TransactionResultSchema> {
  return {
    id: aTransactionId(),
    kind: 'apply',
    by: 'dashboard',
    from: '1.3.0',
    to: '1.4.0',
    outcome: 'rolled-back',
    error: { code: 'probe-failed', details: { url: 'http://127.0.0.1/', reason: 'status 502' } },
    startedAt: '2026-01-02T04:20:00.000Z',
    endedAt: '2026-01-02T04:21:00.000Z',
    bytesFetched: 1_048_576,
    manifestSha256: aSha256(),
  };
}

/** In the middle of an update, so that every member that may be null has a value. */
export function aStatus(): v.InferInput<typeof StatusSchema> {
  return {
    boot: 'b1',
    revision: 7,
    channel: 'stable',
    current: '1.3.0',
    latest: '1.4.0',
    offered: aReleaseSummary(),
    previous: 'preexisting',
    trust: 'unsigned',
    checking: false,
    last_check: '2026-01-02T04:19:00.000Z',
    check_error: { code: 'offline', details: {} },
    transaction: {
      id: aTransactionId(),
      kind: 'apply',
      by: 'dashboard',
      from: '1.3.0',
      to: '1.4.0',
      phase: 'staging',
      cancellable: true,
      startedAt: '2026-01-02T04:20:00.000Z',
    },
    progress: { phase: 'staging', bytesDone: 1, bytesTotal: 2, filesDone: 3, filesTotal: 4 },
    last_result: aTransactionResult(),
    backup_path: '/var/backups/pikit/20260101T000000Z',
    settings: { autoCheck: true, checkAt: '04:20', channel: null, keep: null },
    drift: {
      checkedAt: '2026-01-01T04:20:00.000Z',
      version: '1.3.0',
      files: [{ path: 'pikit-web/index.html', problem: 'changed' }],
      total: 1,
      damaged: 1,
    },
    held_back: { version: '1.4.0', transaction: aTransactionId(), reason: 'rolled-back' },
    edited: ['/etc/cron.d/pikit'],
    ready: { version: '1.4.0', manifestSha256: aSha256(), transaction: aTransactionId() },
    skipped: '1.4.0',
  };
}
