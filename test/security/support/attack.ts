/** What an attack on the socket is: a name, and an act that tells whether the agent answered as is due. */
import { connectGuest, type RawPeer, type Reply } from './raw-peer.ts';

export interface Attack {
  readonly name: string;
  /** On the socket with this path. Resolves with false, or rejects, when the answer was another one than due. */
  readonly run: (path: string) => Promise<boolean>;
}

/** JSON-RPC 2.0 §5.1, and the one for what that paragraph knows nothing of. */
export const NUMBERS = {
  parseError: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  ours: 1,
} as const;

export interface Due {
  readonly id: string | number | null;
  readonly number: number;
  readonly code?: string;
}

/** No answer echoes much of what it answers. */
const MAX_REFUSAL_BYTES = 1_000;

export function isRefusal(reply: Reply | undefined, due: Due): boolean {
  return (
    reply !== undefined &&
    reply.id === due.id &&
    reply.result === undefined &&
    reply.error?.code === due.number &&
    reply.error.data.code === (due.code ?? 'invalid-request') &&
    JSON.stringify(reply).length < MAX_REFUSAL_BYTES
  );
}

/** As a guest; leaves whatever happens. */
export async function asGuest(
  path: string,
  act: (peer: RawPeer) => Promise<boolean>,
): Promise<boolean> {
  const peer = await connectGuest(path);
  try {
    return await act(peer);
  } finally {
    peer.leave();
  }
}

/** One line from a guest is refused as is due, and the next call is served as if nothing had been. */
export function refusedLine(name: string, line: string | Uint8Array, due: Due): Attack {
  return {
    name,
    run: (path) =>
      asGuest(path, async (peer) => {
        peer.socket.write(line);
        peer.socket.write('\n');
        peer.socket.write(`{"jsonrpc":"2.0","id":"after","method":"update.status"}\n`);
        const [refusal, after, ...more] = await peer.answers(2);
        const isServed = after?.id === 'after' && after.result !== undefined;
        return isRefusal(refusal, due) && isServed && more.length === 0;
      }),
  };
}

/** Bytes from a guest after which nothing can be understood: one answer, then the end, and what follows is not heard. */
export function hungUp(
  name: string,
  send: (peer: RawPeer) => Promise<void> | void,
  due: Due,
): Attack {
  return {
    name,
    run: (path) =>
      asGuest(path, async (peer) => {
        await send(peer);
        peer.socket.write('\n{"jsonrpc":"2.0","id":"after","method":"update.status"}\n');
        if (!(await peer.isHungUp())) return false;
        return isRefusal(peer.replies[0], due) && peer.replies.length === 1;
      }),
  };
}
