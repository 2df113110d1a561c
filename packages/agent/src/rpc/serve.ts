/**
 * The daemon: opens the two sockets, ends what a crash left unfinished, and answers until it is told to stop. Stopping is
 * an interruption like any other: the next start goes on from the journal.
 */
import type { Surface } from '@pikit/protocol';
import { join } from 'node:path';
import { AGENT_SOCKET, API_SOCKET } from '../core/layout.ts';
import type { Disk, Log } from '../ports.ts';
import type { Dispatch } from './dispatch.ts';
import { serveConnection, type Feed } from './connection.ts';
import type { ErrorReply } from './error-reply.ts';
import { inheritedSockets, listen, type SocketPlan } from './listen.ts';

interface Needs {
  readonly dispatch: Dispatch;
  readonly errorReply: ErrorReply;
  readonly feed: Feed;
  readonly disk: Disk;
  readonly log: Log;
  readonly recover: () => Promise<void>;
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

/** Resolves when SIGTERM or SIGINT has come. Open connections and a step under way are the caller's to abandon. */
export async function serve(needs: Needs): Promise<void> {
  const { disk, log, recover, root, env } = needs;
  const inherited = inheritedSockets(env, process.pid);
  for (const { name, surface, path, umask } of SOCKETS) {
    const fd = inherited.get(name);
    if (fd === undefined) await clearWay(disk, path);
    const plan: SocketPlan = { path: join(root, path), umask, fd };
    await listen(plan, (socket) => serveConnection(socket, { surface, by: surface }, needs));
    log.info(`serving ${plan.path}`);
  }
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  // In the background: the course of a recovery can be watched like any other.
  recover().catch((error: unknown) => log.error(`recovery: ${String(error)}`));
  await stopped;
}

/** A socket left by an agent that was killed would make listening fail. */
async function clearWay(disk: Disk, path: string): Promise<void> {
  await disk.makeDirectory(path.slice(0, path.lastIndexOf('/')));
  await disk.remove(path);
}
