/** What `pikit-rpc watch` shows: the state once, then a line for whatever moves, and nothing that is older than what stands there. */
import { StatusSchema, type Status } from '@pikit/protocol';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../../../../test/support/wait-for.ts';
import {
  aLogLine,
  aStatus,
  aTransactionId,
  aTransactionResult,
} from '../../../protocol/test/sample-documents.ts';
import { connectAgent } from '../../src/cli/client.ts';
import { describeStatus } from '../../src/cli/print.ts';
import { watch } from '../../src/cli/watch.ts';
import { withStubAgent, type StubAgent } from '../support/stub-agent.ts';

type Patch = Partial<v.InferInput<typeof StatusSchema>>;

/** At rest, at this revision. */
function status(revision: number, patch: Patch = {}): Status {
  const quiet = { transaction: null, progress: null, last_result: null, check_error: null };
  return v.parse(StatusSchema, { ...aStatus(), ...quiet, revision, ...patch });
}

const FIRST = status(10);
const LOG = { transaction: aTransactionId(), line: aLogLine() };

interface Watched {
  readonly agent: StubAgent;
  readonly lines: readonly string[];
  /** Resolves with everything written, once the agent has hung up. */
  readonly end: () => Promise<readonly string[]>;
}

/** `work` begins when the first line is there. */
function watching(json: boolean, work: (watched: Watched) => Promise<void>): Promise<void> {
  return withStubAgent({ 'update.status': () => ({ result: FIRST }) }, async (agent, socket) => {
    const client = await connectAgent(socket, 'a test');
    const lines: string[] = [];
    const watched = watch(client, (line) => lines.push(line), json);
    await waitFor('the first words', () => lines.length > 0);
    const end = async (): Promise<readonly string[]> => {
      agent.hangUp();
      await watched;
      return lines;
    };
    await work({ agent, lines, end });
  });
}

/** What is written after the first words when the agent sends these snapshots. */
async function linesFor(...snapshots: readonly Status[]): Promise<readonly string[]> {
  let written: readonly string[] = [];
  await watching(false, async ({ agent, end }) => {
    for (const snapshot of snapshots) agent.notify('status.changed', snapshot);
    written = (await end()).slice(1);
  });
  return written;
}

const running = (phase: 'staging' | 'activating') => {
  const { transaction } = aStatus();
  return { transaction: transaction === null ? null : { ...transaction, phase } };
};
const moving = (filesDone: number) => ({
  progress: { phase: 'staging', bytesDone: 0, bytesTotal: 0, filesDone, filesTotal: 4 } as const,
});
const DONE = {
  last_result: { ...aTransactionResult(), outcome: 'committed', error: null },
} as const;

describe('watch', () => {
  it('shows the whole state first, and ends when the agent hangs up', () =>
    watching(false, async ({ end }) => {
      expect(await end()).toEqual([describeStatus(FIRST)]);
    }));

  it('writes each line of the log', () =>
    watching(false, async ({ agent, end }) => {
      agent.notify('log.appended', LOG);
      expect((await end()).slice(1)).toEqual(['2026-01-02T04:20:01.000Z staging: 12 files']);
    }));

  it('follows an update through phases and progress to its outcome', async () => {
    const lines = await linesFor(
      status(11, running('staging')),
      status(12, { ...running('staging'), ...moving(1) }),
      status(13, { ...running('staging'), ...moving(4) }),
      status(14, running('activating')),
      status(15, DONE),
    );
    expect(lines).toEqual([
      'staging',
      'staging 1/4 files',
      'staging 4/4 files',
      'activating',
      '2026-01-02T04:21:00.000Z apply 1.3.0 -> 1.4.0 committed',
    ]);
  });

  it('tells the outcome once', async () => {
    expect(await linesFor(status(11, DONE), status(12, DONE))).toHaveLength(1);
  });

  it('says that a check runs, and what it found', async () => {
    const found = { checking: false, offered: null };
    expect(await linesFor(status(11, { checking: true }), status(12, found))).toEqual([
      'checking',
      'available: up to date',
    ]);
  });

  it('says why a check failed', async () => {
    const failed = { check_error: { code: 'offline', details: {} } } as const;
    expect(await linesFor(status(11, { checking: true }), status(12, failed))).toEqual([
      'checking',
      'check failed: offline',
    ]);
  });

  it('is silent about what it does not show', async () => {
    expect(await linesFor(status(11), status(12, { settings: { autoCheck: false } }))).toEqual([]);
  });

  it('forgets a snapshot that is older than the one it shows, unless the agent began anew', async () => {
    const late = status(9, running('activating'));
    expect(await linesFor(late, status(10, running('activating')))).toEqual([]);
    expect(await linesFor({ ...late, boot: 'b2' })).toEqual(['activating']);
  });

  it('misses nothing that comes together with the answer to its first question', () =>
    withStubAgent({ 'update.status': () => undefined }, async (agent, socket) => {
      const client = await connectAgent(socket, 'a test');
      const lines: string[] = [];
      const watched = watch(client, (line) => lines.push(line), false);
      await waitFor('the question', () => agent.calls.length === 2);
      const answer = { jsonrpc: '2.0', id: 2, result: FIRST };
      const news = { jsonrpc: '2.0', method: 'status.changed', params: status(11, DONE) };
      agent.send(`${JSON.stringify(answer)}\n${JSON.stringify(news)}\n`);
      agent.hangUp();
      await watched;
      expect(lines.join('\n')).toContain('apply 1.3.0 -> 1.4.0 committed');
    }));

  it('gives scripts one JSON document a line', () =>
    watching(true, async ({ agent, end }) => {
      agent.notify('status.changed', status(11));
      agent.notify('log.appended', LOG);
      const events = (await end()).map((line): unknown => JSON.parse(line));
      expect(events).toEqual([
        { event: 'status', data: FIRST },
        { event: 'status', data: status(11) },
        { event: 'log', data: LOG },
      ]);
    }));
});
