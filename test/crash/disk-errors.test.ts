/**
 * The bundled agent on a disk that is full, broken or read-only from one call on, or for just that call. It must end by
 * itself and say why; on a healthy disk the next start makes one whole release of it; a sync that failed is not repeated.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../packages/agent/src/cli/exit-codes.ts';
import {
  compileShim,
  isSync,
  missingCompiler,
  needsRoom,
  type Call,
  type Errno,
  type Run,
} from './shim.ts';
import { createDevices, INSTALL, UPDATE, type Devices } from './devices.ts';
import { createRandom } from './tally.ts';
import { recordOf, SEED, tryPoints, type Point } from './trial.ts';
import type { Side } from './verdict.ts';

const missing = missingCompiler();
const NOTE = missing === undefined ? '' : ` (skipped: ${missing})`;
const LONG_MS = 30 * 60_000;
const ROOM: readonly Errno[] = ['ENOSPC', 'EDQUOT'];
const ALL: readonly Errno[] = [...ROOM, 'EIO', 'EROFS'];

let devices: Devices | undefined;
let shim = '';

beforeAll(async () => {
  if (missing !== undefined) return;
  process.stderr.write(`disk-errors: seed ${String(SEED)}\n`);
  devices = await createDevices();
  shim = await compileShim(devices.directory);
}, LONG_MS);
afterAll(() => devices?.remove());

function ready(): Devices {
  if (devices === undefined) throw new Error('there are no devices');
  return devices;
}

/** One of the errors that this call can meet; which, the seed decides. */
function pick(call: Call, random: () => number): Errno {
  const possible = needsRoom(call) ? ALL : ALL.filter((errno) => !ROOM.includes(errno));
  return possible[Math.floor(random() * possible.length)] ?? 'EIO';
}

/** What tells the two kinds of fault apart, and what tells only that it could not be brought to an end. */
const FULL: readonly unknown[] = ['no-space', 'roll-back-failed', 'state-damaged'];
const BROKEN: readonly unknown[] = ['write-failed', 'roll-back-failed', 'state-damaged'];
const EXITS: readonly unknown[] = [EXIT.ok, EXIT.failed];

/** What is wrong with the way in which the agent ended. */
function complain(run: Run, side: Side | undefined, { scenario, order }: Point): readonly string[] {
  const complaints: string[] = [];
  const isFull = 'errno' in order && ROOM.includes(order.errno);
  if (!EXITS.includes(run.code)) complaints.push(`ended with ${run.signal ?? String(run.code)}`);
  if (/\n {4}at /.test(run.stderr)) complaints.push('shows a stack for what the world did');
  const document = parse(run.stdout);
  if (document === undefined) complaints.push('has not said one JSON document');
  const code = document?.error?.code;
  if (run.code !== EXIT.ok && !(isFull ? FULL : BROKEN).includes(code)) {
    complaints.push(`calls it ${String(code)}`);
  }
  if (run.code === EXIT.ok && side !== scenario.sides[1]) {
    complaints.push('says that it is done, and it is not');
  }
  return [...complaints, ...retriedSyncs(run.calls)];
}

function parse(text: string): { readonly error?: { readonly code?: string } | null } | undefined {
  try {
    return JSON.parse(text) as ReturnType<typeof parse>;
  } catch {
    // because that it is none is what the caller complains about
    return undefined;
  }
}

/** After a failed sync the kernel has dropped the data: one that succeeds without anything made anew would lie. */
function retriedSyncs(calls: readonly Call[]): readonly string[] {
  const complaints: string[] = [];
  const lost = new Set<string>();
  for (const call of calls) {
    const { path, outcome } = call;
    if (!isSync(call)) {
      if (outcome !== 'ok') continue;
      lost.delete(path);
      lost.delete(path.slice(0, path.lastIndexOf('/')));
    } else if (outcome === 'failed') lost.add(path);
    else if (lost.has(path)) complaints.push(`synced ${path} again after that had failed`);
  }
  return complaints;
}

const tryAll = (points: readonly Point[]): Promise<string> =>
  tryPoints('enospc', points, { devices: ready().all, shim, expects: complain });

describe.skipIf(missing !== undefined)(`a disk that refuses${NOTE}`, { timeout: LONG_MS }, () => {
  it.each(['fail', 'fail-on'] as const)('at each call of the first install (%s)', async (act) => {
    const random = createRandom(SEED);
    const calls = await recordOf(ready().all[0], INSTALL, shim);
    const points = calls.map((call, index) => ({
      scenario: INSTALL,
      order: { act, at: index + 1, errno: pick(call, random) },
    }));
    expect(await tryAll(points)).toBe('');
  });

  it('at each call of the update, once or from there on', async () => {
    const random = createRandom(SEED);
    const calls = await recordOf(ready().all[0], UPDATE, shim);
    const points = calls.map((call, index): Point => {
      const act = random() < 0.5 ? 'fail' : 'fail-on';
      return { scenario: UPDATE, order: { act, at: index + 1, errno: pick(call, random) } };
    });
    expect(await tryAll(points)).toBe('');
  });
});

const sync = (outcome: Call['outcome']): Call => ({ name: 'fsync', path: '/d', outcome });

describe('a sync that was repeated', () => {
  it('is noticed, and not mistaken where something was made anew', () => {
    const made: Call = { name: 'rename', path: '/d/x', outcome: 'ok' };
    expect(retriedSyncs([sync('failed'), sync('ok')])).toHaveLength(1);
    expect(retriedSyncs([sync('failed'), made, sync('ok')])).toEqual([]);
  });
});
