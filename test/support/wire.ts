/** A port of this machine that leads to a server of which the address is not known yet, and counts the bytes. */
import { connect, createServer, type AddressInfo } from 'node:net';

export interface Wire {
  readonly port: number;
  /** To this port of this machine. */
  readonly lead: (port: number) => void;
  /** In both directions so far. */
  readonly bytes: () => number;
  readonly close: () => Promise<void>;
}

export async function startWire(): Promise<Wire> {
  let port = 0;
  let bytes = 0;
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (chunk: Buffer) => (bytes += chunk.length));
      from.on('error', () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    lead: (to) => (port = to),
    bytes: () => bytes,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
