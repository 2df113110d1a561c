/**
 * Lets a device carry out what it is asked, with what comes in the way of it, and recover as its next process does. What is right then is
 * for the caller to judge.
 */
import { UpdateError, type Outcome } from '@pikit/protocol';
import { mendTargets } from '../../packages/agent/src/updater/mend-targets.ts';
import { WEB } from '../../packages/agent/test/support/workbench.ts';
import type { Life } from '../crash/memory-bench.ts';
import type { MemoryDisk } from '../support/memory-disk/memory-disk.ts';
import { disturb, isOfSource } from './disturbance.ts';
import type { Event } from './life-event.ts';
import { meddle, type Answers } from './two-sources.ts';

export const BROKEN: Outcome = 'broken';

export interface DeviceLife extends Life {
  readonly answers: Answers;
}

interface Needs {
  /** What is older than what was seen comes by root's decision alone. */
  readonly isByRoot: boolean;
  readonly liveOn: (memory: MemoryDisk) => DeviceLife;
  /** For the processes that go on with it. */
  readonly liveAfter: (memory: MemoryDisk) => DeviceLife;
  /** What the owner does before they do. */
  readonly meanwhile: (memory: MemoryDisk) => Promise<void>;
  /** Throws where a service that starts now would find a mixture. */
  readonly judgeMended: (memory: MemoryDisk) => Promise<void>;
  readonly turnClock: (life: DeviceLife) => void;
  readonly sign: (version: string, manifest: Uint8Array) => string | undefined;
}

/** After which the same process goes on. */
const UNRECOVERED: readonly Event['end'][] = ['none', 'cancel', 'clock'];

export const isLasting = ({ end }: Event): boolean =>
  end === 'spell' || end === 'full' || end === 'read-only';

/** `left`: the device after it, and after the recovery when it was disturbed. */
export async function carryOut(
  memory: MemoryDisk,
  event: Event,
  needs: Needs,
): Promise<{ readonly outcome: string; readonly left: MemoryDisk }> {
  const life = needs.liveOn(memory);
  await life.agent.updater.recover();
  if (event.kind === 'check') life.answers.upTo = event.version;
  if (event.end === 'services') life.services.broken.add(WEB);
  let outcome = '';
  const work = async () => {
    outcome = await ask(life, event, needs.isByRoot);
  };
  if (isOfSource(event.end)) {
    const mend = await meddle(memory, { ...event, end: event.end }, life.answers, needs.sign);
    await work();
    await mend();
    return { outcome, left: memory };
  }
  if (event.end === 'successor') {
    if (!(await isHandedOver(life, work))) return { outcome, left: memory };
    const left = memory.fork();
    const successor = needs.liveOn(left);
    await successor.agent.updater.recover();
    return { outcome: (await successor.agent.updater.settled())?.outcome ?? 'nothing', left };
  }
  const hands = (one: DeviceLife) => ({
    cancel: () => cancel(one),
    turnClock: () => needs.turnClock(one),
  });
  let left = await disturb(memory, event, { work, ...hands(life) });
  if (UNRECOVERED.includes(event.end)) return { outcome, left };
  await needs.meanwhile(left);
  const goOn = async (one: DeviceLife, { agent } = needs.liveAfter(left)) => {
    if (event.boots) {
      await mendTargets(agent);
      await needs.judgeMended(left);
    }
    await one.agent.updater.recover();
  };
  for (const at of event.again) {
    const next = needs.liveAfter(left);
    left = await disturb(
      left,
      // What a killed process left is settled by the next one, or else it goes with the power.
      { ...event, at, end: event.end === 'kill' ? 'cut' : event.end },
      { work: () => unlessRefused(goOn(next)), ...hands(next) },
    );
  }
  const last = needs.liveAfter(left);
  await goOn(last);
  const recovered = (await last.agent.updater.settled())?.outcome ?? 'nothing';
  return { outcome: `${outcome}, recovered: ${recovered}`, left };
}

/** As where the release brings an updater: the one that runs is ended in the middle of it. */
async function isHandedOver({ succession }: Life, work: () => Promise<void>): Promise<boolean> {
  succession.program = 'the updater of the release';
  const isHanded = new Promise<boolean>((resolve) => {
    succession.handOver = async () => {
      resolve(true);
      return new Promise<never>(() => undefined);
    };
  });
  return Promise.race([isHanded, work().then(() => false)]);
}

/** Whatever runs, where it can be. */
async function cancel({ agent: { board, updater } }: Life): Promise<void> {
  const { transaction } = await board.snapshot();
  if (transaction !== null) await unlessRefused(updater.cancel(transaction.id));
}

/** Where the disk refuses, or it is too late. */
async function unlessRefused(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof UpdateError)) throw error;
  }
}

async function ask(life: Life, event: Event, isByRoot: boolean): Promise<string> {
  const { updater } = life.agent;
  const wanted = life.wanted(event.version);
  const begins: Readonly<Record<string, () => Promise<unknown>>> = {
    install: () => (isByRoot ? updater.downgrade : updater.apply)(wanted, 'admin'),
    unattended: () => updater.apply({ ...wanted, unattended: true }, 'admin'),
    fetch: () => updater.apply({ ...wanted, stageOnly: true }, 'admin'),
    'roll-back': () => updater.rollback('admin'),
    repair: () => updater.repair('admin'),
    import: () => updater.importFile('admin'),
  };
  try {
    const decided = await decide(life, event);
    if (decided !== undefined) return decided;
    await begins[event.kind]?.();
    return (await updater.settled())?.outcome ?? 'nothing';
  } catch (error) {
    if (error instanceof UpdateError) return error.code;
    throw error;
  }
}

/** What needs no transaction; undefined for what is none of it. */
async function decide(
  { agent: { board, updater } }: Life,
  { kind, keep, channel }: Event,
): Promise<string | undefined> {
  switch (kind) {
    case 'keep':
      await updater.setAuto({ keep });
      return 'kept';
    case 'channel':
      await updater.setAuto({ channel });
      return 'chosen';
    case 'drop': {
      const { ready } = await board.snapshot();
      if (ready !== null) await updater.cancel(ready.transaction);
      return 'dropped';
    }
    case 'check':
      await updater.check();
      return 'checked';
    case 'skip':
      await updater.skip((await board.snapshot()).offered?.version ?? null);
      return 'skipped';
    default:
      return undefined;
  }
}
