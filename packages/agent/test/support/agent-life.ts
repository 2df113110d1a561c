/**
 * One life of the agent over a disk, without its sockets: everything that main constructs, with models of systemd, the
 * outsider's look and the clock. The disk may be a real directory or one that forgets.
 */
import type { Phase } from '@pikit/protocol';
import { createArchive } from '../../src/adapters/archive-tar.ts';
import { unbrotli } from '../../src/adapters/brotli.ts';
import { digest } from '../../src/adapters/digest-crypto.ts';
import { signatureMath } from '../../src/adapters/signature-crypto.ts';
import { createDirSource } from '../../src/adapters/source-dir.ts';
import type { JournalRecord } from '../../src/core/journal-record.ts';
import type { Policy } from '../../src/core/policy.ts';
import { createTarGuard } from '../../src/core/tar-guard.ts';
import type { Disk } from '../../src/ports.ts';
import type { Step } from '../../src/steps/context.ts';
import { createLeftovers } from '../../src/steps/leftovers.ts';
import { settle } from '../../src/steps/settle.ts';
import { decidedPolicy, policyFor } from '../../src/updater/decided-policy.ts';
import { createExclusive } from '../../src/updater/exclusive.ts';
import { createRunner } from '../../src/updater/runner.ts';
import { createSources } from '../../src/updater/sources.ts';
import { createStatusBoard } from '../../src/updater/status-board.ts';
import { createStore } from '../../src/updater/store.ts';
import { createTransactionLogs } from '../../src/updater/transaction-log.ts';
import { createUpdater } from '../../src/updater/updater.ts';
import {
  createFakeCommands,
  createFakeLock,
  createFakeProber,
  createFakeServices,
  createFakeSuccession,
  createListLog,
  createManualClock,
} from './fakes.ts';

const MEDIA = '/media/releases';

export type Steps = Readonly<Record<Phase, Step>>;
export type Models = ReturnType<typeof createModels>;

/** `units`: name to ActiveState. */
export function createModels(units: Readonly<Record<string, string>>) {
  return {
    services: createFakeServices(units),
    commands: createFakeCommands(),
    succession: createFakeSuccession(),
    prober: createFakeProber(),
    log: createListLog(),
    clock: createManualClock(),
  };
}

interface LifeOptions {
  readonly retryDelaysMs?: readonly number[];
  /** In the operator's order. */
  readonly sources?: Parameters<typeof createSources>[0]['sources'];
}

const directory = (disk: Disk) => ({
  name: MEDIA,
  source: createDirSource({ path: MEDIA, disk }),
});

/** What it constructs at its start. Its lock dies with it. */
export function startLife(
  disk: Disk,
  policy: Policy,
  { services, commands, succession, prober, log, clock }: Models,
  table: Steps,
  { retryDelaysMs = [], sources: row = [directory(disk)] }: LifeOptions = {},
) {
  const store = createStore({ disk, log });
  const board = createStatusBoard({
    disk,
    store,
    clock,
    policy,
    services,
    boot: clock.randomHex(2),
  });
  const logs = createTransactionLogs({ disk, clock, log });
  const lock = createFakeLock();
  const sources = createSources({
    sources: row,
    digest,
    log,
  });
  const tools = {
    policy,
    arch: 'arm64',
    updaterVersion: '0.1.0',
    disk,
    archive: createArchive(createTarGuard),
    unbrotli,
    source: sources,
    services,
    commands,
    succession,
    prober,
    clock,
    digest,
    signatureMath,
  };
  const runner = createRunner({ tools, steps: table, store, board, logs, clock });
  const leftovers = createLeftovers(disk, () => decidedPolicy(policy, store));
  const settleAll = (unfinished: Pick<JournalRecord, 'targets'> = {}) =>
    settle({ disk, policy: policyFor(policy, unfinished) });
  const exclusive = createExclusive({
    lock,
    store,
    board,
    runner,
    leftovers,
    settle: settleAll,
    log,
    clock,
    retryDelaysMs,
  });
  const updater = createUpdater({ tools, store, board, exclusive, lock, log });
  return {
    tools,
    sources,
    disk,
    store,
    board,
    logs,
    lock,
    runner,
    leftovers,
    settle: settleAll,
    exclusive,
    updater,
  };
}
