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

/** What the agent's unit lets it write; undefined where it lets it write everything, or systemd does not know it. */
export async function readWritable(): Promise<readonly string[] | undefined> {
  const wanted = '--property=ProtectSystem,ReadWritePaths';
  const args = ['show', wanted, 'pikit-agent.service'];
  const { code, stdout } = await runProgram('systemctl', args, TIMEOUT_MS);
  const told = toldBy(stdout);
  if (code !== 0 || told.get('ProtectSystem') !== 'strict') return undefined;
  // A path that may be missing has a `-` before it.
  return (told.get('ReadWritePaths') ?? '').split(' ').map((path) => path.replace(/^[-+]+/, ''));
}

function toldBy(stdout: string): ReadonlyMap<string, string> {
  return new Map(
    stdout.split('\n').map((line): [string, string] => {
      const [key = '', value = ''] = line.split('=');
      return [key, value];
    }),
  );
}

async function readUnit(name: string): Promise<Unit | undefined> {
  const wanted = '--property=LoadState,ActiveState,UnitFileState';
  const { code, stdout } = await runProgram('systemctl', ['show', wanted, name], TIMEOUT_MS);
  if (code !== 0) return undefined;
  const told = toldBy(stdout);
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
