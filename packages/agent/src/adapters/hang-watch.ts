/**
 * A shell beside this process that kills it when it has not turned for a while, so that systemd starts it again and the journal
 * says how to go on. systemd's own watchdog wants datagrams, which Node cannot send, or to listen to every child of the service.
 */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../ports.ts';

/** Only a process that is stuck in its own code is away from its loop for so long. */
const LIMIT_SECONDS = 90;
const TURNS_PER_LIMIT = 3;
/** It ends at once, or there is something wrong with it that is no reason to stay. */
const FAREWELL_MS = 2_000;

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

/** Dismisses the watch, and resolves when nothing of it runs any more. */
type EndWatch = () => Promise<void>;

/**
 * Watches until it is dismissed or this process ends; keeps nothing alive. A service that leaves does best to dismiss it first:
 * systemd holds one of which something still runs for a service that does not stop, and calls that failed where it is not told
 * when the last of it has gone (cgroup v1).
 */
export function watchForHangs({ log, limitSeconds = LIMIT_SECONDS }: Needs): EndWatch {
  const words = ['-c', SCRIPT, 'watch', String(limitSeconds), String(process.pid)];
  const shell = spawn('/bin/sh', words, { stdio: ['pipe', 'ignore', 'inherit'] });
  const turns = setInterval(() => shell.stdin.write('.'), (limitSeconds * 1000) / TURNS_PER_LIMIT);
  turns.unref();
  shell.unref();
  const gone = new Promise<Error | undefined>((resolve) => {
    shell.once('error', resolve).once('exit', () => resolve(undefined));
  });
  void gone.then((error) => {
    clearInterval(turns);
    if (error !== undefined)
      log.warning(`nobody watches whether this process hangs: ${error.message}`);
  });
  // because a shell that has gone says so by its exit
  shell.stdin.on('error', () => undefined);
  return async () => {
    clearInterval(turns);
    shell.stdin.end();
    await Promise.race([gone, sleep(FAREWELL_MS)]);
  };
}
