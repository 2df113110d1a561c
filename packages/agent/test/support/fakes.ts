/** Honest little models of what a test does not want to start: systemd, the outsider's look, a clock that jumps. */
import { UpdateError } from '@pikit/protocol';
import type { Clock, Lock, Log, Prober } from '../../src/ports.ts';
import type { Commands, Services, Succession } from '../../src/system-ports.ts';

export interface FakeServices extends Services {
  readonly calls: string[];
  /** Units that were to run, if they did not. */
  readonly started: string[];
  /** Unit to ActiveState; a unit that is not in here is not on the device. */
  readonly units: Map<string, string>;
  /** Units whose restart, reload or enabling fails. */
  readonly broken: Set<string>;
}

export function createFakeServices(units: Readonly<Record<string, string>>): FakeServices {
  const calls: string[] = [];
  const started: string[] = [];
  const broken = new Set<string>();
  const known = new Map(Object.entries(units));
  const act = async (call: string, unit: string): Promise<void> => {
    calls.push(`${call} ${unit}`);
    if (broken.has(unit)) throw brokenUnit(unit);
  };
  const change = async (call: string, unit: string): Promise<void> => {
    if (!known.has(unit)) throw brokenUnit(unit);
    return act(call, unit);
  };
  return {
    calls,
    started,
    units: known,
    broken,
    look: async (units) =>
      units.map((unit) => ({
        unit,
        isThere: known.has(unit),
        isActive: known.get(unit) === 'active',
        isStopped: known.get(unit) === 'inactive',
      })),
    start: async (unit) => {
      if (!known.has(unit)) throw brokenUnit(unit);
      started.push(unit);
      if (broken.has(unit)) throw brokenUnit(unit);
    },
    restart: (unit) => change('restart', unit),
    reload: (unit) => change('reload', unit),
    reloadUnitFiles: () => act('daemon-reload', ''),
    setEnabled: (unit, enabled) => act(enabled ? 'enable' : 'disable', unit),
  };
}

const brokenUnit = (unit: string): UpdateError =>
  new UpdateError('service-failed', unit, { details: { unit } });

export interface FakeCommands extends Commands {
  /** `run PROGRAM ARGUMENTS` and `stop TRANSACTION`, in order. */
  readonly calls: string[];
  /** Programs that do not succeed, by the last component of their path. */
  readonly broken: Set<string>;
}

export function createFakeCommands(): FakeCommands {
  const calls: string[] = [];
  const broken = new Set<string>();
  return {
    calls,
    broken,
    isAvailable: async () => true,
    stopAll: async (transaction) => {
      calls.push(`stop ${transaction}`);
    },
    run: async ({ program, args }) => {
      calls.push(['run', program, ...args].join(' '));
      const isBroken = broken.has(program.slice(program.lastIndexOf('/') + 1));
      return { failure: isBroken ? 'exit code 1' : undefined, output: ['migrating'] };
    },
  };
}

export interface FakeSuccession extends Succession {
  /** What the launcher would start; undefined for the agent that runs. */
  program: string | undefined;
  isForeground: boolean;
  /** Without an answer, as whoever is ended, unless it is told to refuse. */
  refuses: boolean;
  /** How often this agent has made way. */
  handedOver: number;
}

/** Nobody can end a test's own process: who hands over waits, and the test goes on. */
export function createFakeSuccession(): FakeSuccession {
  const fake: FakeSuccession = {
    program: undefined,
    isForeground: false,
    refuses: false,
    handedOver: 0,
    find: async () => fake.program,
    canHandOver: async () => !fake.isForeground,
    handOver: async () => {
      if (fake.refuses) throw new UpdateError('service-failed', 'no', { details: { unit: 'us' } });
      fake.handedOver += 1;
      return new Promise<never>(() => undefined);
    },
  };
  return fake;
}

export interface FakeProber extends Prober {
  /** Versions for which the release answers wrongly. */
  readonly refuses: Set<string>;
  readonly asked: (string | undefined)[];
}

export function createFakeProber(): FakeProber {
  const refuses = new Set<string>();
  const asked: (string | undefined)[] = [];
  return {
    refuses,
    asked,
    probe: async ({ url }, version) => {
      asked.push(version);
      if (version === undefined || !refuses.has(version)) return;
      throw new UpdateError('probe-failed', `${url} is broken`, {
        details: { url, reason: 'broken' },
      });
    },
  };
}

export interface ManualClock extends Clock {
  /** Whether the clock was set from there. */
  readonly network: { isReached: boolean };
  /** To be counted up by who starts the machine anew. */
  readonly machine: { boots: number };
  /** As a power cut or a person sets it. */
  readonly set: (at: string) => void;
}

/** Each look at the clock is a millisecond later; sleeping takes no time. */
export function createManualClock(start = Date.UTC(2026, 0, 2, 4, 20)): ManualClock {
  let now = start;
  let steady = 0;
  let drawn = 0;
  const network = { isReached: true };
  const machine = { boots: 1 };
  return {
    network,
    machine,
    bootId: async () => `boot ${String(machine.boots)}`,
    set: (at) => {
      now = Date.parse(at);
    },
    isSynchronised: async () => network.isReached,
    now: () => new Date((now += 1)).toISOString(),
    monotonicMs: () => (steady += 1),
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      now += ms;
      steady += ms;
    },
    randomHex: (bytes) => (drawn += 1).toString(16).padStart(bytes * 2, '0'),
  };
}

export function createListLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    info: (message) => lines.push(message),
    warning: (message) => lines.push(`warning: ${message}`),
    error: (message) => lines.push(`error: ${message}`),
  };
}

/** One process, one holder. */
export function createFakeLock(): Lock {
  let holder: { pid: number; what: string; since: string } | undefined;
  return {
    acquire: async (what) => {
      if (holder !== undefined) throw new UpdateError('busy', 'busy', { details: { ...holder } });
      holder = { pid: 1, what, since: '2026-01-02T04:20:00.000Z' };
      return {
        release: async () => {
          holder = undefined;
        },
      };
    },
    holder: async () => holder,
  };
}
