/**
 * Devices for many trials, one at a time on each: its path stays, because the agent's links name the directory that stands
 * for `/`, and a copy of each scenario's beginning is laid down anew before a trial.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BuiltRelease } from '../support/bundle-builder.ts';
import { runNode } from './shim.ts';
import { OLD, sideOf } from './sides.ts';
import { commands, laySmallDevice, publishOn } from './small-device.ts';
import type { Side } from './verdict.ts';

export interface Scenario {
  readonly name: string;
  /** The old one and the new one. */
  readonly sides: readonly [Side, Side];
  /** What is done to it: arguments for Node. */
  readonly command: (device: Device) => readonly string[];
}

export interface Device {
  /** The directory that stands for `/`. */
  readonly root: string;
  readonly releases: Readonly<Record<string, BuiltRelease>>;
  /** As it stood at the beginning of the scenario. */
  readonly layDown: (scenario: Scenario) => Promise<void>;
}

const applying =
  (version: string) =>
  ({ root, releases }: Device): readonly string[] => {
    const release = releases[version];
    if (release === undefined) throw new Error(`${version} was not published`);
    return commands.apply(root, release);
  };

/** The version that a device takes when a trial is over, whichever way that ended. */
export const LAST_VERSION = '1.3.0';
export const applyLast = applying(LAST_VERSION);

export const INSTALL: Scenario = {
  name: 'first install',
  sides: [OLD, sideOf('1.1.0')],
  command: applying('1.1.0'),
};
export const UPDATE: Scenario = {
  name: 'update',
  sides: [sideOf('1.1.0'), sideOf('1.2.0')],
  command: applying('1.2.0'),
};
export const ROLLBACK: Scenario = {
  name: 'roll-back',
  sides: [sideOf('1.2.0'), sideOf('1.1.0')],
  command: ({ root }) => commands.rollback(root),
};
/** In this order: each one's beginning is the former one's end. */
const SCENARIOS = [INSTALL, UPDATE, ROLLBACK] as const;

const copy = async (from: string, to: string): Promise<void> => {
  await rm(to, { recursive: true, force: true });
  await promisify(execFile)('cp', ['-a', from, to]);
};

async function createDevice(directory: string): Promise<Device> {
  const root = join(directory, 'root');
  const beginning = ({ name }: Scenario): string => join(directory, name);
  await mkdir(root, { recursive: true });
  await laySmallDevice(root);
  const releases: Record<string, BuiltRelease> = {};
  for (const version of ['1.1.0', '1.2.0', LAST_VERSION]) {
    releases[version] = await publishOn(root, version);
  }
  const device: Device = {
    root,
    releases,
    layDown: (scenario) => copy(beginning(scenario), root),
  };
  for (const scenario of SCENARIOS) {
    await copy(root, beginning(scenario));
    const { code, stderr } = await runNode(scenario.command(device));
    if (code !== 0) throw new Error(`${scenario.name} fails without any fault: ${stderr}`);
  }
  return device;
}

export interface Devices {
  /** For what must not lie on a device. */
  readonly directory: string;
  readonly all: readonly [Device, Device];
  readonly remove: () => Promise<void>;
}

/** Two, because the smallest machine that runs these tests has two cores. */
export async function createDevices(): Promise<Devices> {
  const directory = await mkdtemp(join(tmpdir(), 'pk-'));
  const all = [
    await createDevice(join(directory, 'a')),
    await createDevice(join(directory, 'b')),
  ] as const;
  return { directory, all, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** Runs `work` for each item, one at a time on each device; resolves with what it found, in no order. */
export async function onDevices<T, R>(
  devices: readonly Device[],
  items: readonly T[],
  work: (device: Device, item: T) => Promise<R>,
): Promise<readonly R[]> {
  const queue = items.values();
  const found: R[] = [];
  const worker = async (device: Device): Promise<void> => {
    for (const item of queue) found.push(await work(device, item));
  };
  await Promise.all(devices.map(worker));
  return found;
}
