/**
 * Which process a record means, so that a number used again or a machine started anew is never taken for it. The start
 * time counts from boot, so no change of the date moves it.
 */
import { readFile } from 'node:fs/promises';
import { bootId } from './boot-id.ts';

export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks since boot. */
  readonly start: string;
  readonly boot: string;
}

/** `undefined` when there is no such process, or nothing but its remains. */
export function parseStat(stat: string): { state: string; start: string } | undefined {
  // The second field is the program's name, which may contain spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, start] = [fields[0], fields[19]];
  if (state === undefined || start === undefined || 'ZXx'.includes(state)) return undefined;
  return { state, start };
}

async function startOf(pid: number): Promise<string | undefined> {
  try {
    return parseStat(await readFile(`/proc/${pid}/stat`, 'utf8'))?.start;
  } catch {
    // because a process that ends while it is looked at is simply not there
    return undefined;
  }
}

export async function ownIdentity(): Promise<ProcessIdentity> {
  const start = await startOf(process.pid);
  if (start === undefined) throw new Error('/proc does not show this process');
  return { pid: process.pid, start, boot: await bootId() };
}

export async function isAlive({ pid, start, boot }: ProcessIdentity): Promise<boolean> {
  return boot === (await bootId()) && start === (await startOf(pid));
}
