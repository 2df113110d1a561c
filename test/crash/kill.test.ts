/**
 * The bundled agent on a real directory, killed at every call that changes it. After call n and before call n + 1 is one
 * and the same disk, because the shim lets one call through at a time, and a sync changes nothing that a kill could take:
 * so it is killed before the first call, and after and amid each that changes something.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDisk } from '../../packages/agent/src/adapters/disk-posix.ts';
import {
  compileShim,
  isSync,
  isWrite,
  missingCompiler,
  runNode,
  type Call,
  type Order,
} from './shim.ts';
import {
  createDevices,
  onDevices,
  INSTALL,
  ROLLBACK,
  UPDATE,
  type Scenario,
  type Devices,
} from './devices.ts';
import { createRandom } from './tally.ts';
import { recordOf, SEED, tryPoints } from './trial.ts';
import { judge } from './verdict.ts';

const missing = missingCompiler();
const NOTE = missing === undefined ? '' : ` (skipped: ${missing})`;
/** Minutes on an idle machine, and nobody's test fails because another one is busy. */
const LONG_MS = 30 * 60_000;
const SHORT_WRITES = 8;

let devices: Devices | undefined;
let shim = '';

beforeAll(async () => {
  if (missing !== undefined) return;
  process.stderr.write(`kill: seed ${String(SEED)}\n`);
  devices = await createDevices();
  shim = await compileShim(devices.directory);
}, LONG_MS);
afterAll(() => devices?.remove());

function ready(): Devices {
  if (devices === undefined) throw new Error('there are no devices');
  return devices;
}

const record = (scenario: Scenario): Promise<readonly Call[]> =>
  recordOf(ready().all[0], scenario, shim);

/** Numbers of those calls, from 1. */
const numbers = (calls: readonly Call[], wanted: (call: Call) => boolean): readonly number[] =>
  calls.flatMap((call, index) => (wanted(call) ? [index + 1] : []));

const tryAll = (scenario: Scenario, orders: readonly Order[]): Promise<string> =>
  tryPoints(
    'kill',
    orders.map((order) => ({ scenario, order })),
    {
      devices: ready().all,
      shim,
      expects: ({ signal }) => (signal === 'SIGKILL' ? [] : ['nobody was killed']),
    },
  );

describe.skipIf(missing !== undefined)(`a kill${NOTE}`, { timeout: LONG_MS }, () => {
  it('has the same number of calls to come at in every run', async () => {
    for (const scenario of [INSTALL, UPDATE, ROLLBACK]) {
      const counts = [await record(scenario), await record(scenario), await record(scenario)];
      expect(new Set(counts.map((calls) => calls.length)).size).toBe(1);
    }
  });

  it('can come at each kind of change', async () => {
    const names = new Set((await record(INSTALL)).map(({ name }) => name));
    const expected = ['open', 'mkdir', 'write', 'fchmod', 'fsync', 'rename', 'symlink', 'unlink'];
    expect(expected.filter((name) => !names.has(name))).toEqual([]);
  });

  it.each([INSTALL, UPDATE, ROLLBACK])(
    'after each call of the $name leaves one release, whole',
    async (scenario) => {
      const changing = numbers(await record(scenario), (call) => !isSync(call));
      expect(changing.length).toBeGreaterThan(50);
      const others = changing.map((at) => ({ act: 'kill-after', at }) as const);
      expect(await tryAll(scenario, [{ act: 'kill-before', at: 1 }, ...others])).toBe('');
    },
  );

  it.each([INSTALL, UPDATE, ROLLBACK])(
    'amid each write of the $name leaves one release, whole',
    async (scenario) => {
      const writes = numbers(await record(scenario), isWrite);
      const orders = writes.map((at) => ({ act: 'torn', at }) as const);
      expect(await tryAll(scenario, orders)).toBe('');
    },
  );
});

describe.skipIf(missing !== undefined)(`a short write${NOTE}`, { timeout: LONG_MS }, () => {
  it('is gone on with', async () => {
    const random = createRandom(SEED);
    const writes = numbers(await record(INSTALL), isWrite);
    const chosen = writes.filter(() => random() < SHORT_WRITES / writes.length);
    const ends = await onDevices(ready().all, chosen, async (device, at) => {
      await device.layDown(INSTALL);
      const order = { act: 'short', at } as const;
      const run = await runNode(INSTALL.command(device), { shim, tree: device.root, order });
      const { side, complaints } = await judge(createDisk({ root: device.root }), INSTALL.sides);
      return { at, code: run.code, side: side?.name, complaints };
    });
    expect(ends).toEqual(ends.map(({ at }) => ({ at, code: 0, side: '1.1.0', complaints: [] })));
  });
});
