/**
 * The way in to a machine that has no network: a port of this machine whose connections lead to a Unix socket of its nginx,
 * which lies among its files.
 */
import { connect, createServer, type Socket } from 'node:net';
import { listenOn } from '../../support/listen-on.ts';

export interface Front {
  readonly url: string;
  readonly close: () => void;
}

export async function openFront(path: string): Promise<Front> {
  const sockets = new Set<Socket>();
  const hold = (socket: Socket, other: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
    // because its other side ends with it, and whoever sent the request hears of that
    socket.on('error', () => undefined);
  };
  const server = createServer((visitor) => {
    const inside = connect(path);
    hold(visitor, inside);
    hold(inside, visitor);
    visitor.pipe(inside);
    inside.pipe(visitor);
  });
  const port = await listenOn(server, 0);
  return {
    url: `http://127.0.0.1:${String(port)}`,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
