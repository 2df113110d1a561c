/**
 * `pikit-rpc doctor`: looks at everything that the checks judge, with the agent and without it, and hands it to them. It
 * decides nothing and changes nothing; only what the operator asks for (`first`) makes the agent write.
 */
import { StatusSchema, type Status } from '@pikit/protocol';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { JournalRecordSchema } from '../../core/journal-record.ts';
import {
  AGENT_SOCKET,
  API_SOCKET,
  BACKUPS,
  CONFIG_FILE,
  DOWNLOADS,
  GUARD_FILES,
  JOURNAL_FILE,
  RELEASES,
  STATE_FILE,
} from '../../core/layout.ts';
import { askAgent, type Question } from '../device/ask-agent.ts';
import { addressOf, askApi } from '../device/ask-api.ts';
import type { Kept } from '../device/facts.ts';
import { readFilesystems } from '../device/filesystems.ts';
import { readKeys } from '../device/keys.ts';
import { findLeftovers } from '../device/leftovers.ts';
import { findPrograms } from '../device/paths.ts';
import { lookAt, readAccounts } from '../device/place.ts';
import { runProgram } from '../device/program.ts';
import { readRecord, readSmall } from '../device/records.ts';
import { readRoomWanted } from '../device/release-room.ts';
import { readSettings } from '../device/settings.ts';
import { readTrees } from '../device/trees.ts';
import { isClockSynchronised, readUnits, readWritable } from '../device/units.ts';
import { readUpdaters } from '../device/updaters.ts';
import { judgeAgent } from './agent.ts';
import { judgeApi } from './api.ts';
import { judgeClock } from './clock.ts';
import { judgeConfig } from './config.ts';
import { judgeDisk } from './disk.ts';
import { judgeDrift } from './drift.ts';
import { GUARD_UNITS, judgeGuard } from './guard.ts';
import { judgeJournal } from './journal.ts';
import { judgeKeys } from './keys.ts';
import { judgeLeftovers } from './leftovers.ts';
import { judgePlaces, WANTED } from './places.ts';
import { judgeReach } from './reach.ts';
import { judgeRelease } from './release.ts';
import { judgeSockets } from './sockets.ts';
import { judgeSources } from './sources.ts';
import { ALWAYS, judgeNode, judgeUnits } from './units.ts';
import { judgeSelfUpdate, judgeUpdater } from './updater.ts';
import type { Verdict } from './verdict.ts';

export interface Patient {
  readonly root: string;
  /** The file of this program. */
  readonly self: string;
  readonly uid: number;
  /** The name under which the agent is asked. */
  readonly client: string;
  readonly first: Question['first'];
  readonly nowMs: number;
}

const ANSWER_MS = 20_000;
const API_MS = 10_000;
const CONFIG_MS = 60_000;
const API_TOML = '/etc/pikit/api.toml';

export async function examine(patient: Patient): Promise<readonly Verdict[]> {
  const { root, uid, client, first = [] } = patient;
  const accounts = await readAccounts(root, uid);
  // Before the agent is asked: the question wakes it, and then it ends what is unfinished.
  const journal = await readRecord(root, JOURNAL_FILE, JournalRecordSchema);
  const socket = join(root, AGENT_SOCKET);
  const told = await askAgent({ socket, client, timeoutMs: ANSWER_MS, first });
  const kept = await readRecord(root, STATE_FILE, StatusSchema);
  const status = told.status ?? contentOf(kept);
  const running = told.status === undefined ? undefined : (told.status.transaction?.id ?? null);
  const sockets = await Promise.all(
    [AGENT_SOCKET, API_SOCKET].map((path) => lookAt(root, path, accounts)),
  );
  const places = await Promise.all(WANTED.map(({ path }) => lookAt(root, path, accounts)));
  const trees = await readTrees(root);
  const isSandbox = root !== '/';
  return [
    judgeAgent(told.answer),
    ...(await checkUpdater(root, told.status !== undefined)),
    ...judgeSockets(sockets, accounts.hasApiGroup),
    ...(await checkConfigs(patient)),
    ...judgePlaces(places, isSandbox),
    judgeJournal(journal, running),
    judgeRelease({
      trees,
      version: status?.current ?? null,
      previous: status?.previous ?? null,
      isBroken: status?.last_result?.outcome === 'broken',
      damage: told.status === undefined && kept.kind === 'damaged' ? kept.reason : undefined,
    }),
    judgeDrift(status?.drift ?? null, status?.current ?? null),
    ...(await checkTrust(patient, accounts)),
    ...judgeSources({
      lastCheck: status?.last_check ?? null,
      error: status?.check_error ?? null,
      sources: told.inspection?.sources ?? [],
    }),
    ...(await checkRoom(root, status)),
    ...(await checkSystem(patient, status, journal.kind !== 'absent' || running != null)),
  ];
}

function contentOf<T>(kept: Kept<T>): T | undefined {
  return kept.kind === 'good' ? kept.content : undefined;
}

async function checkUpdater(root: string, answers: boolean): Promise<readonly Verdict[]> {
  const facts = await readUpdaters(root);
  if (facts === undefined) return [];
  const { selfUpdate } = await readSettings(root);
  return [judgeUpdater(facts, answers), ...judgeSelfUpdate(selfUpdate)];
}

async function checkConfigs({ root, self }: Patient): Promise<readonly Verdict[]> {
  const { agent, api } = await findPrograms(self, root);
  const where = root === '/' ? [] : ['--root', root];
  const checks = [askProgram(agent, CONFIG_FILE, where)];
  if (await isThere(api))
    checks.push(askProgram(api, API_TOML, ['--config', join(root, API_TOML)]));
  return Promise.all(checks);
}

async function askProgram(
  program: string,
  file: string,
  where: readonly string[],
): Promise<Verdict> {
  const args = [...where, '--check-config'];
  const { code, stderr } = await runProgram(process.execPath, [program, ...args], CONFIG_MS);
  const command = [basename(program, '.mjs'), ...args].join(' ');
  return judgeConfig({ file, code, complaint: stderr, command });
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

async function checkTrust(
  { root, self, nowMs }: Patient,
  accounts: Awaited<ReturnType<typeof readAccounts>>,
): Promise<readonly Verdict[]> {
  const { facts, signedMs } = await readKeys(root, accounts);
  const { mtimeMs } = await stat(self);
  const isSynchronised = await isClockSynchronised();
  return [...judgeKeys(facts), judgeClock({ nowMs, isSynchronised, builtMs: mtimeMs, signedMs })];
}

async function checkRoom(root: string, status: Status | undefined): Promise<readonly Verdict[]> {
  const { targets } = await readSettings(root);
  const paths = ['/etc/pikit', RELEASES, '/var/lib/pikit-update', DOWNLOADS, BACKUPS, ...targets];
  const wanted = await readRoomWanted(root, status?.offered ?? null);
  return judgeDisk(await readFilesystems(root, paths), wanted);
}

async function checkSystem(
  { root }: Patient,
  status: Status | undefined,
  isUpdating: boolean,
): Promise<readonly Verdict[]> {
  const { services, timer, targets, written } = await readSettings(root);
  const names = [...new Set([...ALWAYS, ...GUARD_UNITS, timer, ...services])];
  const units = await readUnits(names);
  const isSandbox = root !== '/';
  const isTimerWanted = status?.settings.autoCheck;
  const text = await readSmall(join(root, API_TOML));
  const address = addressOf(text instanceof Uint8Array ? new TextDecoder().decode(text) : '');
  const node = isSandbox ? process.execPath : '/usr/bin/node';
  const { stdout } = await runProgram(node, ['--version'], API_MS);
  const leftovers = { root, targets, edited: status?.edited ?? [], isUpdating };
  return [
    ...judgeUnits({ units, services, timer, isTimerWanted, isSandbox }),
    ...judgeReach(written, isSandbox ? undefined : await readWritable()),
    judgeNode(stdout.trim()),
    judgeApi(address, await askApi(address, API_MS), status?.current ?? null),
    ...judgeGuard(units ?? [], isUpdating && (await isThere(join(root, GUARD_FILES.armed)))),
    ...judgeLeftovers(await findLeftovers(leftovers)),
  ];
}
