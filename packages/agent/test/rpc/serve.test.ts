/** The daemon's frame: both sockets, a stale one cleared, recovery begun, and an end when it is told to stop. */
import { encodeLine, PROTOCOL_VERSION } from '@pikit/protocol';
import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../../../test/support/wait-for.ts';
import { createDispatch } from '../../src/rpc/dispatch.ts';
import { createErrorReply } from '../../src/rpc/error-reply.ts';
import { createHandlers } from '../../src/rpc/handlers.ts';
import { serve } from '../../src/rpc/serve.ts';
import { createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

async function surfaceOn(path: string): Promise<string> {
  const socket = createConnection(bench.host(path));
  const params = { protocol: PROTOCOL_VERSION, client: 'test' };
  socket.end(encodeLine({ jsonrpc: '2.0', id: 1, method: 'agent.hello', params }));
  return text(socket);
}

describe('serve', () => {
  it('opens both sockets over what a killed agent left, recovers, and ends on SIGTERM', async () => {
    const { board, logs, log, clock, disk, root } = bench;
    await bench.put('/run/pikit/agent.sock', 'stale');
    let recovered = false;
    const stopped = serve({
      dispatch: createDispatch(
        createHandlers({ ...bench, agentVersion: '0.1.0', boot: 'b', pid: 1 }),
      ),
      errorReply: createErrorReply({ clock, log }),
      feed: { onStatus: board.subscribe, onLog: logs.subscribe },
      disk,
      log,
      recover: async () => {
        recovered = true;
      },
      root,
      env: {},
    });
    await waitFor('the recovery', () => recovered);
    expect(await surfaceOn('/run/pikit/agent.sock')).toContain('"surface":"admin"');
    expect(await surfaceOn('/run/pikit/api.sock')).toContain('"surface":"dashboard"');
    process.emit('SIGTERM');
    await stopped;
  });
});
