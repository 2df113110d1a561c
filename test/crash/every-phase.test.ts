/**
 * Every phase fails, loses power, is killed, hangs or is cancelled, once or each time it is tried, as it begins and when
 * its work is done. Generated from the phase table: a phase added later is covered on its day.
 */
import { PHASES, UpdateError, type Phase, type TransactionResult } from '@pikit/protocol';
import { EventEmitter, once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import { isCancellable } from '../../packages/agent/src/core/transaction.ts';
import { steps } from '../../packages/agent/src/steps/all.ts';
import type { Step } from '../../packages/agent/src/steps/context.ts';
import { expectCode } from '../support/expect-code.ts';
import type { MemoryDisk } from '../support/memory-disk/memory-disk.ts';
import {
  buildReleases,
  layMemoryDevice,
  liveOn,
  type Life,
  type Published,
} from './memory-bench.ts';
import { sideOf } from './sides.ts';
import { countPoints, crashSeed, createRandom } from './tally.ts';
import { judge } from './verdict.ts';

const MISHAPS = ['fails', 'loses power', 'is killed', 'hangs', 'is cancelled'] as const;
type Mishap = (typeof MISHAPS)[number];

interface Case {
  readonly phase: Phase;
  readonly mishap: Mishap;
  readonly isForever: boolean;
  readonly moment: 'as it begins' | 'when its work is done';
}

const CASES: readonly Case[] = PHASES.flatMap((phase) =>
  MISHAPS.flatMap((mishap) =>
    [false, true].flatMap((isForever) =>
      (['as it begins', 'when its work is done'] as const).map((moment) => ({
        phase,
        mishap,
        isForever,
        moment,
      })),
    ),
  ),
);

const OLD = '1.1.0';
const GOOD = '1.2.0';
const BAD = '1.3.0';
const NEXT = '1.4.0';
/** More lives than any loop guard allows. */
const MOST_LIVES = 12;

let published: Published;
let device: MemoryDisk;
beforeAll(async () => {
  published = await buildReleases([OLD, GOOD, BAD, NEXT]);
  device = await layMemoryDevice(published);
  await liveOn(device, published).apply(OLD);
});

/** What becomes of the disk when a life does not come to its end. */
const AFTERWARDS = {
  'loses power': (memory, random) => memory.crash(random),
  'is killed': (memory) => memory.fork(),
  // Nobody but the watchdog ends it.
  hangs: (memory) => memory.fork(),
} as const satisfies Partial<
  Record<Mishap, (memory: MemoryDisk, random: () => number) => MemoryDisk>
>;

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
  });

/** The mishap's own part: what the step does instead of going on. `strike` tells the test that it is there. */
function mishapOf(
  mishap: Mishap,
  strike: () => Promise<void>,
): (signal: AbortSignal) => Promise<void> {
  switch (mishap) {
    case 'fails':
      return async () => {
        throw new UpdateError('write-failed', 'a mishap');
      };
    case 'is cancelled':
      return strike;
    case 'loses power':
    case 'is killed':
    case 'hangs':
      return async (signal) => {
        await strike();
        await untilAborted(signal);
      };
  }
}

function disturbed(
  { phase, mishap, isForever, moment }: Case,
  strike: () => Promise<void>,
): typeof steps {
  let isDue = true;
  const step: Step = async (context, signal) => {
    if (moment === 'when its work is done') await steps[phase](context, signal);
    if (isDue) await mishapOf(mishap, strike)(signal);
    isDue = isForever;
    if (moment === 'as it begins') await steps[phase](context, signal);
  };
  return { ...steps, [phase]: step };
}

/** While the step hangs or is about to go on: what the outside sees, and what a cancel is answered. */
async function cancelNow({ agent }: Life, phase: Phase): Promise<void> {
  const { transaction } = await agent.board.snapshot();
  if (transaction === null) throw new Error('nothing is under way');
  expect(transaction).toMatchObject({ phase, cancellable: isCancellable(phase) });
  const cancelling = agent.updater.cancel(transaction.id);
  if (isCancellable(phase)) await cancelling;
  else await expectCode(cancelling, 'not-cancellable');
}

/** One life: its result, or the disk that the next one finds. */
async function oneLife(
  memory: MemoryDisk,
  isFirst: boolean,
  thisCase: Case,
  random: () => number,
): Promise<{ readonly result: TransactionResult } | { readonly memory: MemoryDisk }> {
  const { phase, mishap, isForever } = thisCase;
  const death = new EventEmitter<{ at: [MemoryDisk] }>();
  const died = once(death, 'at') as Promise<[MemoryDisk]>;
  const strike = async (): Promise<void> => {
    if (mishap === 'is cancelled' || mishap === 'hangs') await cancelNow(life, phase);
    if (mishap === 'hangs' && isCancellable(phase)) return;
    if (mishap === 'fails' || mishap === 'is cancelled') return;
    death.emit('at', AFTERWARDS[mishap](memory, random));
  };
  const table = isFirst || isForever ? disturbed(thisCase, strike) : steps;
  const life: Life = liveOn(memory, published, { refused: [BAD], table });
  const end = async (): Promise<TransactionResult> => {
    if (isFirst) await life.begin(phase === 'rolling-back' ? BAD : GOOD);
    else await life.agent.updater.recover();
    const [entry] = await ended(life);
    if (entry === undefined) throw new Error('it ended without a result');
    return entry;
  };
  return Promise.race([
    end().then((result) => ({ result })),
    died.then(([next]) => ({ memory: next })),
  ]);
}

async function ended({ agent }: Life): Promise<readonly TransactionResult[]> {
  await agent.updater.settled();
  return agent.store.loadHistory(1);
}

async function liveUntilItEnds(
  thisCase: Case,
  random: () => number,
): Promise<{
  readonly memory: MemoryDisk;
  readonly result: TransactionResult;
  readonly lives: number;
}> {
  let memory = device.fork();
  for (let lives = 1; lives <= MOST_LIVES; lives += 1) {
    const end = await oneLife(memory, lives === 1, thisCase, random);
    if ('result' in end) return { memory, result: end.result, lives };
    ({ memory } = end);
  }
  throw new Error(`did not end in ${String(MOST_LIVES)} lives`);
}

/** What only a person can mend. */
function excused({ outcome }: TransactionResult): RegExp {
  return outcome === 'broken' ? /the version file says|^left over/ : /^$/;
}

describe.each(PHASES)('%s', (phase) => {
  it.each(CASES.filter((each) => each.phase === phase))(
    '$mishap $moment, forever: $isForever',
    async (thisCase) => {
      const seed = crashSeed();
      const { memory, result, lives } = await liveUntilItEnds(thisCase, createRandom(seed));
      // What could not be tidied away is not worth a failure: the next start does it.
      if (phase === 'cleaning-up') await liveOn(memory, published).agent.updater.recover();
      const sides = [sideOf(OLD), sideOf(phase === 'rolling-back' ? BAD : GOOD)];
      const { side, complaints } = await judge(memory.disk, sides);
      const grave = complaints.filter((text) => !excused(result).test(text));
      countPoints('model', 1, grave.length === 0 ? 0 : 1);
      expect({ seed, grave, result }).toEqual({ seed, grave: [], result });

      if (result.outcome !== 'broken') {
        expect({ result, shows: side?.name === sides[1]?.name }).toEqual({
          result,
          shows: result.outcome === 'committed',
        });
      }
      expectFairEnd(thisCase, result, lives);

      const further = liveOn(memory, published);
      expect(await further.apply(NEXT)).toMatchObject({ outcome: 'committed' });
      expect((await judge(memory.disk, [sideOf(NEXT)])).complaints).toEqual([]);
    },
  );
});

/** A power cycle is not a failure, the same phase five times is; a cancel counts where the table says so. */
function expectFairEnd(
  { phase, mishap, isForever }: Case,
  { outcome, error }: TransactionResult,
  lives: number,
): void {
  const undisturbed = phase === 'rolling-back' ? 'rolled-back' : 'committed';
  const isCut = mishap === 'loses power' || mishap === 'is killed';
  if (isCut || (mishap === 'hangs' && !isCancellable(phase))) {
    if (isForever && lives > 2) expect(lives).toBe(6);
    if (phase === 'preflight')
      expect({ outcome, error }).toMatchObject({
        outcome: 'failed',
        error: { code: 'interrupted' },
      });
    else if (!isForever) expect(outcome).toBe(undisturbed);
  } else if (mishap !== 'fails') {
    expect(outcome).toBe(isCancellable(phase) ? 'cancelled' : undisturbed);
  } else if (phase === 'cleaning-up') {
    expect(outcome).toBe(undisturbed);
  } else if (phase === 'rolling-back') {
    expect(outcome).toBe('broken');
  } else {
    expect({ outcome, error }).toMatchObject({
      outcome: isCancellable(phase) ? 'failed' : 'rolled-back',
      error: { code: 'write-failed' },
    });
  }
}
