/**
 * A shell beside this process that kills it when it has not turned for a while, so that systemd starts it again and the journal
 * says how to go on. systemd's own watchdog wants datagrams, which Node cannot send, or to listen to every child of the service.
 */
import { spawn } from 'node:child_process';
import type { Log } from '../ports.ts';

/** Only a process that is stuck in its own code is away from its loop for so long. */
const LIMIT_SECONDS = 90;
const TURNS_PER_LIMIT = 3;

/**
 * Reads a byte for each turn. The end of the pipe is the orderly end of its parent, whose number may be another's by then. `kill`
 * is the shell's own: a small Debian has no other.
 */
const SCRIPT = `while :; do
  turn=$(timeout "$1" head -c 1)
  if [ $? -eq 124 ]; then
    echo "<3>the agent has not turned for $1 s: killed" >&2
    kill -KILL "$2"
    exit
  fi
  [ -n "$turn" ] || exit 0
done`;

interface Needs {
  readonly log: Pick<Log, 'warning'>;
  readonly limitSeconds?: number;
}

/** Watches until this process ends; keeps nothing alive. */
export function watchForHangs({ log, limitSeconds = LIMIT_SECONDS }: Needs): void {
  const words = ['-c', SCRIPT, 'watch', String(limitSeconds), String(process.pid)];
  const shell = spawn('/bin/sh', words, { stdio: ['pipe', 'ignore', 'inherit'] });
  const turns = setInterval(() => shell.stdin.write('.'), (limitSeconds * 1000) / TURNS_PER_LIMIT);
  turns.unref();
  shell.unref();
  const giveUp = (error?: Error): void => {
    clearInterval(turns);
    if (error !== undefined)
      log.warning(`nobody watches whether this process hangs: ${error.message}`);
  };
  shell.once('error', giveUp);
  shell.once('exit', () => giveUp());
  // because a shell that has gone says so by its exit
  shell.stdin.on('error', () => undefined);
}
