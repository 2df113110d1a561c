/**
 * Runs one command and says what it cost: time, processor, memory, of all processes that it started. The shell around it takes
 * the times, because this process looks at other things meanwhile.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly rssMB: number;
}

/** Called every few milliseconds while something runs. */
export type Look = () => void;

/** An update that only waits for its start. */
export interface Turn {
  /** Rejects with its last words when it fails. */
  readonly run: (look: Look) => Promise<Cost>;
  /** Ends what still runs, also when `run` was never called. */
  readonly end: () => Promise<void>;
}

/** Nothing of it runs before or after. */
export function turnOf(command: Command): Turn {
  return { run: (look) => measure(command, look), end: () => Promise.resolve() };
}

/** `times` prints two lines: what the shell used, and what all that it waited for did. */
const TIMED =
  'a=$EPOCHREALTIME; "$@"; code=$?; b=$EPOCHREALTIME; times >&3; echo $a $b >&3; exit $code';

export const LOOK_EVERY_MS = 2;
/** Of these looks one is at the memory: it costs more. */
const MEMORY_EACH = 4;

/** Rejects with its last words when it fails. */
export async function measure(command: Command, look: Look): Promise<Cost> {
  const { program, args, env } = command;
  const child = spawn('bash', ['-c', TIMED, 'bench', program, ...args], {
    // As systemd starts a service: what this shell has besides can cost a program time (Node reads NODE_EXTRA_CA_CERTS first of all).
    env: { PATH: process.env['PATH'], ...env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  let rssMB = 0;
  let looks = 0;
  const timer = setInterval(() => {
    look();
    looks += 1;
    if (looks % MEMORY_EACH === 0) rssMB = Math.max(rssMB, peakBelow(child.pid ?? 0));
  }, LOOK_EVERY_MS);
  const [, said, , times] = child.stdio;
  // Read all three, or it would wait for room in a pipe.
  const outputs = Promise.all([said, child.stderr, times].map((one) => text(one as Readable)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  }).finally(() => {
    clearInterval(timer);
  });
  const [stdout = '', stderr = '', report = ''] = await outputs;
  if (code === 0) return { ...parseTimes(report), rssMB };
  const words = `${stdout}${stderr}`.trim().split('\n').slice(-8).join('\n');
  throw new Error(`${program} ${args.join(' ')} ended with ${String(code)}:\n${words}`);
}

/** Of what the shell wrote. */
export function parseTimes(report: string): Pick<Cost, 'wallMs' | 'cpuMs'> {
  const [, children = '', clock = ''] = report.split('\n');
  const used = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  const [from, to] = clock.split(' ').map(Number);
  const seconds = used.reduce((sum, [, min, sec]) => sum + Number(min) * 60 + Number(sec), 0);
  return { wallMs: ((to ?? 0) - (from ?? 0)) * 1000, cpuMs: seconds * 1000 };
}

/** Of `pid` and the processes below it that there are now, the most that one of them ever held, in MB. 0 when it has ended. */
export function peakBelow(pid: number): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const own = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
    return Math.max(own, ...children.split(' ').filter(Boolean).map(Number).map(peakBelow));
  } catch {
    // because it has ended in the meantime
    return 0;
  }
}
