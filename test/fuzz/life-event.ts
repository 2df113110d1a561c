/**
 * One thing that happens to a device, with what comes in the way of it and of each recovery after it; how a row of them is drawn. What
 * any of it means is for others to say.
 */
import type { Channel } from '@pikit/protocol';
import * as fc from 'fast-check';
import { ENDS, type Disturbance } from './disturbance.ts';

const KINDS = [
  'install',
  'install',
  'install',
  'unattended',
  'check',
  'skip',
  'channel',
  'fetch',
  'import',
  'drop',
  'roll-back',
  'repair',
  'damage',
  'tear',
  'edit',
  'put',
  'configure',
  'keys',
  'keep',
] as const;
/** An installation that is taken back makes about so many calls that change the disk. */
const MOST_CALLS = 400;
const MOST_EVENTS = 16;
/** One more, and a phase counts as failed for its interruptions alone. */
const MOST_RECOVERIES = 3;
const MOST_DAYS = 4000;

export interface Event extends Disturbance {
  readonly kind: (typeof KINDS)[number];
  readonly version: string;
  /** How many earlier releases are to be kept from now on. */
  readonly keep: number;
  /** Of which channel releases are offered from now on. */
  readonly channel: Channel;
  /** Whether root decides, where something older is to be installed. */
  readonly asRoot: boolean;
  /** Which target is another one before it is gone on with; 0: none. */
  readonly meanwhile: number;
  /** Likewise which keys there are; 0: the same. */
  readonly keysMeanwhile: number;
  /** At which of its calls each recovery is disturbed in the same way, one after the other. */
  readonly again: readonly number[];
  /** Whether the targets are made whole before the services start, as where a device boots. */
  readonly boots: boolean;
  /** How far the clocks of its processes are off, forward and back in turn. */
  readonly days: number;
}

export const livesWith = (versions: readonly string[]): fc.Arbitrary<readonly Event[]> =>
  fc.array(
    fc.record<Event>({
      kind: fc.constantFrom(...KINDS),
      version: fc.constantFrom(...versions),
      end: fc.constantFrom(...ENDS),
      at: fc.integer({ min: 1, max: MOST_CALLS }),
      again: fc.array(fc.nat({ max: MOST_CALLS }), { maxLength: MOST_RECOVERIES }),
      boots: fc.boolean(),
      days: fc.oneof(fc.constant(0), fc.integer({ min: -MOST_DAYS, max: MOST_DAYS })),
      chance: fc.nat(),
      meanwhile: fc.oneof(fc.constant(0), fc.nat()),
      keysMeanwhile: fc.oneof(fc.constant(0), fc.nat()),
      keep: fc.integer({ min: 1, max: 3 }),
      channel: fc.constantFrom('stable', 'beta'),
      asRoot: fc.constantFrom(true, true, true, false),
    }),
    { minLength: 1, maxLength: MOST_EVENTS, size: 'max' },
  );
