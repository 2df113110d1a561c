/**
 * The two sockets. Who may do what is decided by the file mode of the socket that a call came in on: systemd makes them
 * under its socket units and passes them on; without systemd the agent makes them itself, mode first.
 */
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import type { Log } from '../ports.ts';

export interface SocketPlan {
  /** Path on this machine, `--root` included. */
  readonly path: string;
  /** Everything that the mode must not grant, as a umask. */
  readonly umask: number;
  /** Passed by systemd, see sd_listen_fds(3). */
  readonly fd: number | undefined;
}

/**
 * A connection is ended by whoever serves it. What goes wrong after it listens, such as too many open files, goes
 * to the log and ends nothing.
 */
export async function listen(
  plan: SocketPlan,
  onConnection: (socket: Socket) => void,
  log: Pick<Log, 'error'>,
): Promise<Server> {
  // Whoever has said all it wanted to still gets its answers.
  const server = createServer({ allowHalfOpen: true }, onConnection);
  await open(server, plan);
  server.on('error', (error) => log.error(`${plan.path}: ${error.message}`));
  return server;
}

function open(server: Server, { path, umask, fd }: SocketPlan): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const opened = (): void => {
      server.off('error', reject);
      resolve();
    };
    if (fd !== undefined) {
      server.listen({ fd }, opened);
      return;
    }
    // The socket has its mode from its first instant: a chmod afterwards would leave a moment for anyone.
    const before = process.umask(umask);
    try {
      server.listen(path, opened);
    } finally {
      process.umask(before);
    }
  });
}

/** Nobody answers there: no such path, a socket left by a killed process, or no socket at all. */
const ABANDONED: ReadonlySet<unknown> = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK']);

/** True also when it cannot be told: what may be in use is not to be taken away. */
export function isServed(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => resolve(!('code' in error && ABANDONED.has(error.code))));
  });
}

/** File descriptors that systemd passed, by `FileDescriptorName=`; empty when they are for another process. */
export function inheritedSockets(
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
): ReadonlyMap<string, number> {
  if (env['LISTEN_PID'] !== String(pid)) return new Map();
  const names = (env['LISTEN_FDNAMES'] ?? '').split(':');
  const count = Number.parseInt(env['LISTEN_FDS'] ?? '0', 10);
  return new Map(names.slice(0, count).map((name, index) => [name, 3 + index]));
}
