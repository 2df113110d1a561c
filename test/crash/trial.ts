/**
 * One trial: something happens to the agent at one call, then it starts again on a healthy disk, and the device is judged.
 * A trial never throws for what the agent does; it complains, with all that is needed to try this very point again.
 */
import { createDisk } from '../../packages/agent/src/adapters/disk-posix.ts';
import { runNode, textOf, type Call, type Order, type Run } from './shim.ts';
import { sideOf } from './sides.ts';
import { applyLast, onDevices, LAST_VERSION, type Scenario, type Device } from './devices.ts';
import { commands } from './small-device.ts';
import { countPoints, createRandom, crashSeed, shareWanted, type PointKind } from './tally.ts';
import { judge, type Side } from './verdict.ts';

/** At how many of the points the second apply is tried, and at how many the recovery is killed too. */
const SECOND_APPLIES = 0.15;
const KILLED_RECOVERIES = 0.1;
/** A fifth in one phase would count as a failure of the phase, which is another test's subject. */
const MOST_KILLED_RECOVERIES = 3;
/** Where the run left a whole device and no journal, a recovery has nothing to do: at how many of those it is tried. */
const IDLE_RECOVERIES = 0.2;
/** A recovery makes about as many calls; a number beyond its last one lets it live. */
const RECOVERY_CALLS = 120;

export const SEED = crashSeed();

export interface Point {
  readonly scenario: Scenario;
  readonly order: Order;
}

const nameOf = ({ scenario, order }: Point): string => `${scenario.name}: ${textOf(order)}`;

/** What a point draws does not depend on which other points are tried. */
const randomOf = (point: Point, purpose: string): (() => number) =>
  createRandom(SEED + hash(`${purpose} ${nameOf(point)}`));

/** A share of them, or those whose name `PIKIT_CRASH_POINT` matches, a regular expression for the whole of it. */
function wantedOf(points: readonly Point[]): readonly Point[] {
  const only = process.env['PIKIT_CRASH_POINT'];
  const share = shareWanted();
  if (only === undefined) return points.filter((point) => randomOf(point, 'choice')() < share);
  return points.filter((point) => new RegExp(`^(?:${only})$`).test(nameOf(point)));
}

/** What the scenario does to the disk when nobody disturbs it. */
export async function recordOf(
  device: Device,
  scenario: Scenario,
  shim: string,
): Promise<readonly Call[]> {
  await device.layDown(scenario);
  const run = await runNode(scenario.command(device), { shim, tree: device.root });
  if (run.code === 0) return run.calls;
  throw new Error(`${scenario.name} fails without any fault: ${endOf(run)}`);
}

interface Trial {
  readonly device: Device;
  readonly shim: string;
  readonly point: Point;
  /** Of the run in which it happened; what it returns is wrong with it. `side` is what the recovery made of it. */
  readonly expects: (run: Run, side: Side | undefined, point: Point) => readonly string[];
}

/** Tries those that are wanted, counts them, and resolves with all complaints in one text: empty when all is well. */
export async function tryPoints(
  kind: PointKind,
  points: readonly Point[],
  {
    devices,
    shim,
    expects,
  }: Omit<Trial, 'device' | 'point'> & { readonly devices: readonly Device[] },
): Promise<string> {
  const broken: string[] = [];
  const tried = await onDevices(devices, wantedOf(points), async (device, point) => {
    const complaint = await tryPoint({ device, shim, point, expects });
    if (complaint === undefined) return;
    broken.push(complaint);
    // At once: whoever watches a long run need not wait for its end.
    process.stderr.write(`${complaint}\n`);
  });
  countPoints(kind, tried.length, broken.length);
  return broken.join('\n');
}

/** Undefined when all is well. */
async function tryPoint({ device, shim, point, expects }: Trial): Promise<string | undefined> {
  const random = randomOf(point, 'trial');
  const { scenario, order } = point;
  await device.layDown(scenario);
  const run = await runNode(scenario.command(device), { shim, tree: device.root, order });
  const history: string[] = [];
  if (random() < KILLED_RECOVERIES) history.push(...(await killRecoveries(device, shim, random)));
  const disk = createDisk({ root: device.root });
  const asLeft = await judge(disk, scenario.sides);
  const isIdle = asLeft.complaints.length === 0 && random() >= IDLE_RECOVERIES;
  const recovery = isIdle ? undefined : await runNode(commands.recover(device.root));
  const { side, complaints: found } = isIdle ? asLeft : await judge(disk, scenario.sides);
  const complaints = [...found, ...expects(run, side, point)];
  if (recovery !== undefined && recovery.code !== 0) complaints.push('the recovery failed');
  if (complaints.length === 0 && random() < SECOND_APPLIES) {
    complaints.push(...(await applyAgain(device)));
  }
  if (complaints.length === 0) return undefined;
  return explain(point, run, [...history, ...complaints], recovery && endOf(recovery));
}

/** Says what was done, because the next complaint may come from it. */
async function killRecoveries(
  { root }: Device,
  shim: string,
  random: () => number,
): Promise<readonly string[]> {
  const done: string[] = [];
  const times = 1 + Math.floor(random() * MOST_KILLED_RECOVERIES);
  for (let time = 0; time < times; time += 1) {
    const order = { act: 'kill-before', at: 1 + Math.floor(random() * RECOVERY_CALLS) } as const;
    const run = await runNode(commands.recover(root), { shim, tree: root, order });
    done.push(`(the recovery was given ${textOf(order)} and ended with ${endOf(run)})`);
  }
  return done;
}

async function applyAgain(device: Device): Promise<readonly string[]> {
  const again = await runNode(applyLast(device));
  if (again.code !== 0) return [`a second apply ended with ${endOf(again)}`];
  const { complaints } = await judge(createDisk({ root: device.root }), [sideOf(LAST_VERSION)]);
  return complaints.map((complaint) => `after a second apply: ${complaint}`);
}

function endOf({ code, signal, stdout, stderr }: Run): string {
  return `${signal ?? `exit code ${String(code)}`}: ${stdout}${stderr.slice(-2000)}`;
}

function explain(
  point: Point,
  run: Run,
  complaints: readonly string[],
  recovery = 'was not needed',
): string {
  const { name, path } = run.calls[point.order.at - 1] ?? { name: 'no such call', path: '' };
  return [
    `${nameOf(point)} (${name} ${path})`,
    ...complaints.map((complaint) => `  ${complaint}`),
    `  the run ended with ${endOf(run)}`,
    `  the recovery: ${recovery}`,
    `  again: PIKIT_CRASH_POINT='${nameOf(point)}' npm run test:crash -- --seed ${String(SEED)} --only kill,disk-errors`,
  ].join('\n');
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
