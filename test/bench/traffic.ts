/** Counts what crosses a server's connections, in both directions and with everything that HTTP adds. It serves nothing. */
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface Traffic {
  readonly requests: number;
  readonly bytes: number;
}

export interface TrafficMeter {
  /** Called for each new connection. */
  readonly connection: (socket: Socket) => void;
  readonly request: () => void;
  /** Since the beginning. */
  readonly read: () => Traffic;
}

const bytesOf = ({ bytesRead, bytesWritten }: Socket): number => bytesRead + bytesWritten;

export function createTrafficMeter(): TrafficMeter {
  const open = new Set<Socket>();
  let requests = 0;
  let ended = 0;
  return {
    connection: (socket) => {
      open.add(socket);
      socket.once('close', () => {
        open.delete(socket);
        ended += bytesOf(socket);
      });
    },
    request: () => {
      requests += 1;
    },
    read: () => ({
      requests,
      bytes: [...open].reduce((sum, socket) => sum + bytesOf(socket), ended),
    }),
  };
}

/** A way to a server that cannot count: each connection is passed on to `port`, and counts as a request. */
export function createCountingWay(port: number, meter: TrafficMeter): Server {
  return createServer((near) => {
    const far = connect(port, '127.0.0.1');
    meter.connection(near);
    meter.request();
    near.pipe(far).pipe(near);
    // One end that breaks takes the other with it; the program that was cut off says so itself.
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
}
