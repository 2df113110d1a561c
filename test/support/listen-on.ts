/** Opens a port on the loopback interface and says which one it became. */
import type { Server } from 'node:net';

/** 0 takes a free port. Rejects with Node's own error (`EADDRINUSE`) when the port is taken. */
export async function listenOn(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return address.port;
}
