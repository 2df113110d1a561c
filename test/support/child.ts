/** One program running as a child, mostly one of ours: its output is kept for whoever must explain why it died. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Enough to hold the stack of a crash; a chatty program must not fill the memory. */
const KEPT_OUTPUT = 64 * 1024;

export interface Child {
  readonly name: string;
  readonly pid: number;
  /** The end of what it wrote to stdout and stderr, in order of arrival. */
  output(): string;
  /** Undefined while it runs, then how it ended in words, such as `exit code 1`. */
  ended(): string | undefined;
  /** SIGTERM, and SIGKILL for one that does not listen. Resolves when it is gone; idempotent. */
  stop(graceMs?: number): Promise<void>;
  /** SIGKILL: what a power cut looks like to the program. Resolves when it is gone. */
  kill(): Promise<void>;
}

interface Options {
  readonly name: string;
  /** Default: this same Node. */
  readonly program?: string;
  /** For Node: script and arguments. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Everything that it writes, in pieces as they arrive. */
  readonly onOutput?: (text: string) => void;
  /** Called once when it ends although nobody stopped it. */
  readonly onUnexpectedEnd?: (child: Child) => void;
}

/** Of its own process group, so that Ctrl-C in the terminal reaches only us and we decide the order of the end. */
export function startChild({
  name,
  program: file = process.execPath,
  args,
  env,
  onOutput,
  onUnexpectedEnd,
}: Options): Child {
  const program = spawn(file, args, {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let kept = '';
  let ended: string | undefined;
  let wanted = false;
  const keep = (text: string): void => {
    kept = (kept + text).slice(-KEPT_OUTPUT);
    onOutput?.(text);
  };
  program.stdout.setEncoding('utf8').on('data', keep);
  program.stderr.setEncoding('utf8').on('data', keep);
  // `close` and not `exit`: only then its last words have arrived.
  const closed = once(program, 'close').then(([code, signal]: unknown[]) => {
    ended = typeof code === 'number' ? `exit code ${code}` : `signal ${JSON.stringify(signal)}`;
    if (!wanted) onUnexpectedEnd?.(child);
  });

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    wanted = true;
    if (ended === undefined) program.kill(signal);
    await closed;
  };
  const child: Child = {
    name,
    pid: program.pid ?? 0,
    output: () => kept,
    ended: () => ended,
    async stop(graceMs = 5000) {
      const patience = new AbortController();
      const force = sleep(graceMs, undefined, { signal: patience.signal }).then(
        () => program.kill('SIGKILL'),
        () => false, // because it ended in time
      );
      await end('SIGTERM');
      patience.abort();
      await force;
    },
    kill: () => end('SIGKILL'),
  };
  return child;
}

/** Text for a person: what it was, how it ended, and its last lines. */
export function lastWords(child: Child, lines = 20): string {
  const tail = child.output().trimEnd().split('\n').slice(-lines).join('\n');
  const how = child.ended() ?? 'still running';
  return `${child.name} (${how})${tail === '' ? ' said nothing' : `, its last lines:\n${tail}`}`;
}
