/**
 * Carries out the measurements of the api in their order, each with nothing else under way than what it is about. It judges
 * nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../support/wait-for.ts';
import { median } from '../statistics.ts';
import { quantile, type Paced } from './paced.ts';
import type { Stage } from './stage.ts';
import { reasonAgainstWrk, throughput } from './wrk.ts';

export interface Figures {
  /** Requests per second; null without wrk. */
  readonly statusRps: number | null;
  readonly ceilingRps: number | null;
  readonly p99Ms: number;
  readonly p99DuringUpdateMs: number;
  /** Of the last part, the most that were served at once. */
  readonly sseClients: number;
  /** In all parts: who was not given the snapshot in which the transaction has ended. */
  readonly sseMissed: number;
  readonly rssGrowthMB: number;
  readonly loopDelayP99Ms: number;
}

export interface Plan {
  /** Of hello and status in turn. */
  readonly rounds: number;
  readonly roundSeconds: number;
  readonly paceSeconds: number;
  readonly perSecond: number;
  readonly clients: number;
  readonly manyClients: number;
}

export const WHOLE: Plan = {
  rounds: 15,
  roundSeconds: 1,
  paceSeconds: 10,
  perSecond: 500,
  clients: 200,
  manyClients: 1000,
};
export const QUICK: Plan = { ...WHOLE, rounds: 2, roundSeconds: 1, paceSeconds: 3 };

type Say = (text: string) => void;

export async function measureApi(stage: Stage, plan: Plan, say: Say): Promise<Figures> {
  await warmUp(stage, plan);
  const idleMB = stage.rssMB();
  await connect(stage, plan.clients);
  await warmUp(stage, plan);
  const before = stage.rssMB();
  const streamsMB = (before - idleMB).toFixed(1);
  say(`${String(plan.clients)} event streams are open, and took ${streamsMB} MB.`);
  const rates = await compareRates(stage, plan, say);
  const calm = await pace(stage, plan);
  say(`At ${String(plan.perSecond)} requests a second: ${describe(calm)}.`);
  const loopDelayP99Ms = await hashPasswords(stage, plan, say);
  const update = await underUpdate(stage, plan, say);
  const rssGrowthMB = stage.rssMB() - before;
  say(`Memory: ${before.toFixed(1)} MB before, ${stage.rssMB().toFixed(1)} MB after.`);
  const many = await serveMany(stage, plan, say);
  return {
    ...rates,
    p99Ms: round(quantile(calm.latenciesMs, 0.99)),
    p99DuringUpdateMs: round(quantile(update.latenciesMs, 0.99)),
    sseClients: many.clients,
    sseMissed: update.missed + many.missed,
    rssGrowthMB: round(rssGrowthMB),
    loopDelayP99Ms: round(loopDelayP99Ms),
  };
}

/** Until code is compiled and memory for it taken, numbers are about that. */
async function warmUp(stage: Stage, plan: Plan): Promise<void> {
  await pace(stage, { ...plan, paceSeconds: 3 });
  if (reasonAgainstWrk() === undefined) {
    for (const url of [stage.helloUrl, stage.statusUrl]) await throughput(url, stage.cookie, 2);
  }
}

async function compareRates({ helloUrl, statusUrl, cookie }: Stage, plan: Plan, say: Say) {
  const reason = reasonAgainstWrk();
  if (reason !== undefined) {
    say(`Without throughput: ${reason}.`);
    return { statusRps: null, ceilingRps: null };
  }
  const [hello, status]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < plan.rounds; turn += 1) {
    hello.push(await throughput(helloUrl, cookie, plan.roundSeconds));
    status.push(await throughput(statusUrl, cookie, plan.roundSeconds));
  }
  const each = status.map((rate, turn) => (rate / (hello[turn] ?? NaN)).toFixed(2)).join(' ');
  say(`Status in relation to hello, turn by turn: ${each}.`);
  return { statusRps: middle(status), ceilingRps: middle(hello) };
}

const middle = (rates: readonly number[]): number => Math.round(median(rates) ?? NaN);

const pace = (
  { paceClient, statusUrl, cookie }: Stage,
  { perSecond, paceSeconds: seconds }: Pick<Plan, 'perSecond' | 'paceSeconds'>,
): Promise<Paced> => paceClient.pace({ url: statusUrl, headers: { cookie }, perSecond, seconds });

/** With the right password: those are not slowed down. One is hashed, the next one waits, all the time. */
async function hashPasswords(stage: Stage, plan: Plan, say: Say): Promise<number> {
  await stage.loopDelay();
  const over = new AbortController();
  let hashed = 0;
  const signInAgain = async (): Promise<void> => {
    for (; !over.signal.aborted; hashed += 1) await stage.signInOnce();
  };
  const people = [signInAgain(), signInAgain()];
  const paced = await pace(stage, plan);
  const { p99Ms, maxMs } = await stage.loopDelay();
  over.abort();
  await Promise.all(people);
  say(`While ${String(hashed)} passwords were hashed: ${describe(paced)}.`);
  say(`The event loop was late by ${p99Ms.toFixed(1)} ms (p99), at most ${maxMs.toFixed(1)} ms.`);
  return p99Ms;
}

/** The pace goes on until the end of the update, in pieces of a second. */
async function underUpdate(stage: Stage, plan: Plan, say: Say) {
  const transaction = await stage.beginUpdate();
  const latenciesMs: number[] = [];
  let failures = 0;
  while (await stage.isUnderWay(transaction)) {
    const paced = await pace(stage, { ...plan, paceSeconds: 1 });
    latenciesMs.push(...paced.latenciesMs);
    failures += paced.failures;
  }
  const whole = { latenciesMs: latenciesMs.toSorted((one, other) => one - other), failures };
  say(`While an update ran: ${describe(whole)}.`);
  const missed = plan.clients - (await countEnd(stage, transaction, plan.clients));
  say(`Of ${String(plan.clients)} event streams ${String(missed)} missed its end.`);
  return { latenciesMs: whole.latenciesMs, missed };
}

async function serveMany(stage: Stage, { manyClients }: Plan, say: Say) {
  await connect(stage, manyClients);
  const transaction = await stage.beginUpdate();
  while (await stage.isUnderWay(transaction)) await sleep(100);
  const missed = manyClients - (await countEnd(stage, transaction, manyClients));
  const { connected, events } = await stage.streamClient.count(transaction);
  say(
    `Of ${String(manyClients)} event streams ${String(missed)} missed the end of another update, and ` +
      `${String(connected)} are still open; they were given ${String(events)} snapshots.`,
  );
  return { clients: manyClients - missed, missed };
}

async function connect({ streamClient, eventsUrl, cookie }: Stage, clients: number) {
  await streamClient.listen({ url: eventsUrl, headers: { cookie }, clients });
  const all = async () => (await streamClient.count('')).connected === clients;
  await waitFor(`${String(clients)} event streams`, all, { timeoutMs: 60_000 });
}

/** What is under way may take a moment; what has not come then does not come. */
async function countEnd({ streamClient }: Stage, transaction: string, clients: number) {
  let saw = 0;
  for (let tries = 0; saw < clients && tries < 50; tries += 1) {
    await sleep(100);
    saw = (await streamClient.count(transaction)).sawEnd;
  }
  return saw;
}

function describe({ latenciesMs, failures }: Paced): string {
  if (failures > 0) throw new Error(`${String(failures)} requests for the status failed`);
  const at = (share: number): string => quantile(latenciesMs, share).toFixed(1);
  return `${String(latenciesMs.length)} answers, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, at most ${at(1)} ms`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
