/** Asks systemd about units, and for nothing else. What it does not answer is undefined. */
import type { Unit } from './facts.ts';
import { runProgram } from './program.ts';

const TIMEOUT_MS = 15_000;

/** Undefined when there is no systemd to ask. */
export async function readUnits(names: readonly string[]): Promise<readonly Unit[] | undefined> {
  const found = await Promise.all(names.map(readUnit));
  const known = found.flatMap((unit) => unit ?? []);
  return known.length === 0 ? undefined : known;
}

async function readUnit(name: string): Promise<Unit | undefined> {
  const wanted = '--property=LoadState,ActiveState,UnitFileState';
  const { code, stdout } = await runProgram('systemctl', ['show', wanted, name], TIMEOUT_MS);
  if (code !== 0) return undefined;
  const told = new Map(
    stdout.split('\n').map((line): [string, string] => {
      const [key = '', value = ''] = line.split('=');
      return [key, value];
    }),
  );
  return {
    name,
    load: told.get('LoadState') ?? '',
    active: told.get('ActiveState') ?? '',
    file: told.get('UnitFileState') ?? '',
  };
}

/** Whether the network has set the clock; undefined when nobody knows. */
export async function isClockSynchronised(): Promise<boolean | undefined> {
  const args = ['show', '--property', 'NTPSynchronized', '--value'];
  const { code, stdout } = await runProgram('timedatectl', args, TIMEOUT_MS);
  if (code !== 0) return undefined;
  return stdout.trim() === 'yes';
}
