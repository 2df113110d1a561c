/** The daemon's frame: both sockets, a stale one cleared, a living one left alone, recovery until it succeeds, an end. */
import { encodeLine, PROTOCOL_VERSION, UpdateError } from '@pikit/protocol';
import { existsSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
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

type Needs = Parameters<typeof serve>[0];

function start(patch: Pick<Needs, 'recover'> & Partial<Needs>): Promise<void> {
  const { board, logs, log, clock, disk, root } = bench;
  return serve({
    dispatch: createDispatch(
      createHandlers({ ...bench, agentVersion: '0.1.0', boot: 'b', pid: 1 }),
    ),
    errorReply: createErrorReply({ clock, log }),
    feed: { onStatus: board.subscribe, onLog: logs.subscribe },
    disk,
    log,
    clock,
    root,
    env: {},
    isRunning: () => false,
    watchForHangs: () => expect.unreachable('nobody would start it again'),
    ...patch,
  });
}

const idle = async (): Promise<void> => undefined;
const held = async () => Promise.reject(new UpdateError('busy', 'held'));

describe('serve', () => {
  it('opens both sockets over what a killed agent left, recovers, and ends on SIGTERM', async () => {
    await bench.put('/run/pikit/agent.sock', 'stale');
    let recovered = false;
    const recover = async () => {
      recovered = true;
    };
    const stopped = start({ recover });
    await waitFor('the recovery', () => recovered);
    expect(await surfaceOn('/run/pikit/agent.sock')).toContain('"surface":"admin"');
    expect(await surfaceOn('/run/pikit/api.sock')).toContain('"surface":"dashboard"');
    process.emit('SIGTERM');
    await stopped;
  });

  it('takes nothing away from an agent that serves already, whichever socket it has', async () => {
    await bench.disk.makeDirectory('/run/pikit');
    await bench.put('/run/pikit/agent.sock', 'stale');
    const socket = bench.host('/run/pikit/api.sock');
    const other = createServer((peer) => {
      // because who only asks whether somebody is there does not wait for the answer
      peer.on('error', () => undefined);
      peer.resume().end('the other');
    });
    await new Promise<void>((resolve) => other.listen(socket, resolve));
    const error = await expectCode(start({ recover: idle }), 'busy');
    expect(error.details).toEqual({ what: 'another agent serves this socket', socket });
    expect(await surfaceOn('/run/pikit/api.sock')).toBe('the other');
    expect(await bench.see('/run/pikit/agent.sock')).toBe('stale');
    await new Promise((resolve) => other.close(resolve));
  });

  it('tries a recovery that fails again and again until it succeeds', async () => {
    const waits: number[] = [];
    let tries = 0;
    const recover = async () => {
      tries += 1;
      if (tries < 5) throw new UpdateError('busy', 'a foreground run holds the lock');
    };
    const clock = { ...bench.clock, sleep: async (ms: number) => void waits.push(ms) };
    const stopped = start({ recover, clock });
    await waitFor('the recovery', () => tries === 5);
    process.emit('SIGTERM');
    await stopped;
    expect(waits).toEqual([5_000, 30_000, 60_000, 60_000]);
  });

  it('is not kept from stopping by a recovery that fails', async () => {
    let aborted = false;
    const sleep = (_ms: number, signal: AbortSignal) =>
      new Promise<void>((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted = true;
          reject(new Error('stopped'));
        });
      });
    const stopped = start({ recover: held, clock: { ...bench.clock, sleep } });
    await waitFor('the sockets', () => existsSync(bench.host('/run/pikit/api.sock')));
    await waitFor('the first try', () => bench.log.lines.join('\n').includes('recovery: '));
    process.emit('SIGTERM');
    await stopped;
    expect(aborted).toBe(true);
  });
});
