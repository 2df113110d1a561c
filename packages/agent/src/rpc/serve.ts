/**
 * The daemon: opens the two sockets, ends what a crash left unfinished, and answers until it is told to stop, or until nobody
 * wants it, where systemd holds the sockets and starts it again. Stopping is an interruption like any other: the next start
 * goes on from the journal.
 */
import { UpdateError, type Surface } from '@pikit/protocol';
import type { Server, Socket } from 'node:net';
import { join } from 'node:path';
import { AGENT_SOCKET, API_SOCKET, directoryOf } from '../core/layout.ts';
import type { Clock, Disk, Log } from '../ports.ts';
import type { Dispatch } from './dispatch.ts';
import { serveConnection, type Feed } from './connection.ts';
import { createDoor } from './door.ts';
import type { ErrorReply } from './error-reply.ts';
import { createIdleness } from './idleness.ts';
import { inheritedSockets, isServed, listen, type SocketPlan } from './listen.ts';
import { createLogBudget } from './log-budget.ts';

interface Needs {
  readonly dispatch: Dispatch;
  readonly errorReply: ErrorReply;
  readonly feed: Feed;
  readonly disk: Disk;
  readonly log: Log;
  readonly clock: Pick<Clock, 'sleep' | 'monotonicMs'>;
  readonly recover: () => Promise<void>;
  /** A transaction is under way. */
  readonly isRunning: () => boolean;
  /** Sees to it that this process ends when it hangs, until it is told not to; only where systemd starts it again. */
  readonly watchForHangs: () => () => Promise<void>;
  /** Prefix of every device path on this machine. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const SOCKETS = [
  // Root alone.
  { name: 'agent', surface: 'admin', path: AGENT_SOCKET, umask: 0o177 },
  // The api's group too; under systemd the socket unit says which group that is.
  { name: 'api', surface: 'dashboard', path: API_SOCKET, umask: 0o117 },
] as const satisfies readonly { name: string; surface: Surface; path: string; umask: number }[];

/** Long enough for a person between two clicks, and for the api, which keeps its line for a while. */
const IDLE_MS = 15_000;

/** Waits before recovery is tried again; the last one is repeated. */
const RECOVERY_DELAYS_MS = [5_000, 30_000];
const LAST_RECOVERY_DELAY_MS = 60_000;

/**
 * Resolves when SIGTERM or SIGINT has come, or when it was idle on sockets that systemd holds. Open connections and a step
 * under way are the caller's to abandon. Throws `busy` with `what` and `socket`, and has changed nothing, when another agent
 * answers on a socket.
 */
export async function serve(needs: Needs): Promise<void> {
  const { disk, log, clock, root, env } = needs;
  // Whatever a peer can cause to be logged, on either socket.
  const complain = createLogBudget({ clock, log });
  const inherited = inheritedSockets(env, process.pid);
  const isKept = inherited.size > 0;
  const endWatch = isKept ? needs.watchForHangs() : undefined;
  const plans = SOCKETS.map(({ name, surface, path, umask }) => {
    const plan: SocketPlan = { path: join(root, path), umask, fd: inherited.get(name) };
    return { surface, path, plan };
  });
  for (const { plan } of plans) if (plan.fd === undefined) await refuseSecond(plan.path);
  // Before anything is said: whoever has read that we serve may already send one.
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  let isRecovering = true;
  const idleness = createIdleness({
    clock,
    idleMs: IDLE_MS,
    isBusy: () => isRecovering || needs.isRunning(),
  });
  const servers: Server[] = [];
  for (const { surface, path, plan } of plans) {
    if (plan.fd === undefined) await clearWay(disk, path);
    const wanted = { ...needs, complain, door: createDoor({ clock, complain }) };
    const receive = (socket: Socket): void => {
      idleness.admit(socket);
      serveConnection(socket, { surface, by: surface }, wanted);
    };
    servers.push(await listen(plan, receive, { error: (message) => complain('error', message) }));
    log.info(`serving ${plan.path}`);
  }
  // In the background: the course of a recovery can be watched like any other.
  const stop = new AbortController();
  void recoverAtLast(needs, stop.signal).then(() => {
    isRecovering = false;
  });
  await (isKept ? Promise.race([stopped, idleness.passed(stop.signal)]) : stopped);
  stop.abort();
  if (endWatch === undefined) return;
  // Whoever calls from here on waits in systemd's socket for the next agent.
  for (const server of servers) server.close();
  await endWatch();
}

/**
 * A recovery fails while a foreground run holds the lock, or while the disk refuses: both pass. Never rejects; ends when
 * it has succeeded or the signal is aborted.
 */
async function recoverAtLast({ recover, clock, log }: Needs, signal: AbortSignal): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await recover();
    } catch (error) {
      log.error(`recovery: ${String(error)}`);
    }
    try {
      await clock.sleep(RECOVERY_DELAYS_MS[tries] ?? LAST_RECOVERY_DELAY_MS, signal);
    } catch {
      // because the agent stops, and its next start begins with a recovery
      return;
    }
  }
}

async function refuseSecond(socket: string): Promise<void> {
  if (!(await isServed(socket))) return;
  const what = 'another agent serves this socket';
  throw new UpdateError('busy', `${what}: ${socket}`, { details: { what, socket } });
}

/** A socket left by an agent that was killed would make listening fail. */
async function clearWay(disk: Disk, path: string): Promise<void> {
  await disk.makeDirectory(directoryOf(path));
  await disk.remove(path);
}
