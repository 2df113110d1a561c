/**
 * Lets a device carry out what it is asked, with what comes in the way of it, and recover as its next process does. What is right then is
 * for the caller to judge.
 */
import { UpdateError, type Outcome } from '@pikit/protocol';
import { WEB } from '../../packages/agent/test/support/workbench.ts';
import type { Life } from '../crash/memory-bench.ts';
import type { MemoryDisk } from '../support/memory-disk/memory-disk.ts';
import type { Event } from './device-belief.ts';
import { disturb, isOfSource } from './disturbance.ts';
import { meddle } from './two-sources.ts';

export const BROKEN: Outcome = 'broken';

export interface DeviceLife extends Life {
  /** Of the first source, as many as it still gives. */
  readonly answers: { left: number };
}

interface Needs {
  /** What is older than what was seen comes by root's decision alone. */
  readonly isByRoot: boolean;
  readonly liveOn: (memory: MemoryDisk) => DeviceLife;
  /** For the processes that go on with it. */
  readonly liveAfter: (memory: MemoryDisk) => DeviceLife;
  readonly sign: (version: string, manifest: Uint8Array) => string | undefined;
}

export const isLasting = ({ end }: Event): boolean => end === 'spell' || end === 'full';

/** `left`: the device after it, and after the recovery when it was disturbed. */
export async function carryOut(
  memory: MemoryDisk,
  event: Event,
  { isByRoot, liveOn, liveAfter, sign }: Needs,
): Promise<{ readonly outcome: string; readonly left: MemoryDisk }> {
  const life = liveOn(memory);
  await life.agent.updater.recover();
  if (event.end === 'services') life.services.broken.add(WEB);
  let outcome = '';
  const work = async () => {
    outcome = await ask(life, event, isByRoot);
  };
  if (isOfSource(event.end)) {
    const mend = await meddle(memory, { ...event, end: event.end }, life.answers, sign);
    await work();
    await mend();
    return { outcome, left: memory };
  }
  let left = await disturb(memory, event, { work, cancel: () => cancel(life) });
  if (event.end === 'none' || event.end === 'cancel') return { outcome, left };
  if (event.again > 0) {
    const next = liveAfter(left);
    left = await disturb(
      left,
      // What a killed process left is settled by the next one, or else it goes with the power.
      { ...event, at: event.again, end: event.end === 'kill' ? 'cut' : event.end },
      { work: () => recover(next), cancel: () => cancel(next) },
    );
  }
  const last = liveAfter(left);
  await last.agent.updater.recover();
  const recovered = (await last.agent.updater.settled())?.outcome ?? 'nothing';
  return { outcome: `${outcome}, recovered: ${recovered}`, left };
}

/** Where the disk refuses it may be put off. */
async function recover({ agent: { updater } }: Life): Promise<void> {
  try {
    await updater.recover();
  } catch (error) {
    if (!(error instanceof UpdateError)) throw error;
  }
}

/** Whatever runs, where it can be. */
async function cancel({ agent: { board, updater } }: Life): Promise<void> {
  try {
    const { transaction } = await board.snapshot();
    if (transaction !== null) await updater.cancel(transaction.id);
  } catch (error) {
    if (!(error instanceof UpdateError)) throw error;
  }
}

async function ask(life: Life, { kind, version, keep }: Event, isByRoot: boolean): Promise<string> {
  const { updater } = life.agent;
  const wanted = life.wanted(version);
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    install: () => (isByRoot ? updater.downgrade : updater.apply)(wanted, 'admin'),
    fetch: () => updater.apply({ ...wanted, stageOnly: true }, 'admin'),
    'roll-back': () => updater.rollback('admin'),
    repair: () => updater.repair('admin'),
  };
  try {
    if (kind === 'keep') {
      await updater.setAuto({ keep });
      return 'kept';
    }
    await calls[kind]?.();
    return (await updater.settled())?.outcome ?? 'nothing';
  } catch (error) {
    if (error instanceof UpdateError) return error.code;
    throw error;
  }
}
