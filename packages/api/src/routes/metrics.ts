/**
 * `GET /metrics`, for Prometheus: the versions, the last check, how transactions ended. All of it comes from memory or from what
 * the agent leaves on the disk; nothing asks the agent, so that a scrape every few seconds lets it sleep.
 */
import { OUTCOMES, type Status, type TransactionResult } from '@pikit/protocol';
import type { ReadHistory } from '../agent/history-file.ts';
import type { Line } from '../agent/line.ts';
import type { StatusFeed } from '../agent/status-feed.ts';
import { encodeMetrics, METRICS_TYPE, type Metric, type Sample } from '../metrics-text.ts';
import type { Handler } from '../request.ts';

interface Needs {
  readonly feed: Pick<StatusFeed, 'peek'>;
  readonly line: Pick<Line, 'hello'>;
  readonly readHistory: ReadHistory;
  readonly version: string;
}

export function getMetrics({ feed, line, readHistory, version }: Needs): Handler {
  return async (c) => {
    const { status, agent } = await feed.peek();
    const metrics: readonly Metric[] = [
      gauge('api_info', 'The version of this api.', info(version)),
      gauge('agent_up', 'Whether the agent can be had; one that sleeps can.', [
        { value: Number(agent === 'reachable') },
      ]),
      gauge('agent_info', 'The version of the agent, once it was met.', info(line.hello()?.agent)),
      ...(status === undefined ? [] : ofStatus(status)),
      ...ofHistory(await readHistory()),
    ];
    const headers = { 'content-type': METRICS_TYPE, 'cache-control': 'no-store' };
    return c.body(encodeMetrics(metrics), 200, headers);
  };
}

const gauge = (name: string, help: string, samples: readonly Sample[]): Metric => ({
  name: `pikit_${name}`,
  help,
  samples,
});

const info = (version: string | null | undefined): readonly Sample[] =>
  typeof version === 'string' ? [{ labels: { version }, value: 1 }] : [];

const seconds = (time: string): number => Date.parse(time) / 1000;

const at = (time: string | null | undefined): readonly Sample[] =>
  typeof time === 'string' && !Number.isNaN(seconds(time)) ? [{ value: seconds(time) }] : [];

function ofStatus(status: Status): readonly Metric[] {
  const { current, offered, last_check, check_error, transaction, drift, last_result } = status;
  return [
    gauge('installed_info', 'The release that runs.', info(current)),
    gauge('offered_info', 'The release that could be installed.', info(offered?.version)),
    gauge('update_available', 'Whether there is one.', [{ value: Number(offered !== null) }]),
    gauge('last_check_timestamp_seconds', 'When releases were last looked for.', at(last_check)),
    gauge('last_check_failed', 'Whether that failed.', [{ value: Number(check_error !== null) }]),
    gauge('transaction_running', 'Whether something is being installed or rolled back.', [
      { value: Number(transaction !== null) },
    ]),
    gauge(
      'last_transaction_end_timestamp_seconds',
      'When the last transaction ended.',
      at(last_result?.endedAt),
    ),
    gauge(
      'damaged_files',
      'Installed files that the last audit found damaged.',
      drift === null ? [] : [{ value: drift.damaged }],
    ),
  ];
}

/** The history forgets its oldest, hence no counters: these may become smaller. */
function ofHistory(history: readonly TransactionResult[]): readonly Metric[] {
  const sums = OUTCOMES.map((outcome) => {
    const those = history.filter((result) => result.outcome === outcome);
    return { labels: { outcome }, those };
  });
  const byOutcome = (sum: (those: readonly TransactionResult[]) => number) =>
    sums.map(({ labels, those }) => ({ labels, value: sum(those) }));
  const total = (of: (result: TransactionResult) => number) =>
    byOutcome((those) => those.reduce((all, result) => all + of(result), 0));
  return [
    gauge(
      'transactions',
      'Transactions in the history, by how they ended.',
      byOutcome((those) => those.length),
    ),
    gauge('transactions_duration_seconds', 'How long they took together.', total(durationOf)),
    gauge(
      'transactions_fetched_bytes',
      'What they fetched together.',
      total((result) => result.bytesFetched),
    ),
  ];
}

/** The clock may have been set in between. */
function durationOf({ startedAt, endedAt }: TransactionResult): number {
  const duration = seconds(endedAt) - seconds(startedAt);
  return duration > 0 ? duration : 0;
}
