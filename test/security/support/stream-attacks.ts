/** Attacks with the stream of bytes: lines that never end, what is no UTF-8, floods, and readers that do not read. */
import { encodeLine } from '@pikit/protocol';
import { asGuest, hungUp, isRefusal, NUMBERS, type Attack, type Due } from './attack.ts';
import { call, connectRaw, HELLO, type RawPeer } from './raw-peer.ts';

const UNREADABLE: Due = { id: null, number: NUMBERS.parseError };
const MEGABYTE = 1024 * 1024;
const STATUS = { jsonrpc: '2.0', id: '€', method: 'update.status' };

/** Until the agent takes no more. */
async function pour(peer: RawPeer, bytes: number, filling: number): Promise<void> {
  const piece = Buffer.alloc(MEGABYTE, filling);
  for (let sent = 0; sent < bytes && !peer.socket.destroyed; sent += piece.length) {
    await new Promise((resolve) => peer.socket.write(piece, resolve));
  }
}

const invalid = (name: string, bytes: readonly number[]): Attack =>
  hungUp(
    `no UTF-8: ${name}`,
    ({ socket }) => void socket.write(Uint8Array.from(bytes)),
    UNREADABLE,
  );

/** How a guest that sends so many calls in one piece is answered: each once, in order. */
function pipelined(
  name: string,
  count: number,
  method: string,
  isDue: (replies: readonly { readonly error?: unknown }[]) => boolean,
): Attack {
  return {
    name,
    run: (path) =>
      asGuest(path, async (peer) => {
        const calls = Array.from({ length: count }, (_, id) => call(id, method));
        peer.socket.write(calls.join(''));
        const replies = await peer.answers(count);
        const ids = new Set(replies.map(({ id }) => id));
        return ids.size === count && replies.length === count && isDue(replies);
      }),
  };
}

export const STREAM_ATTACKS: readonly Attack[] = [
  hungUp('a line of 100 MB', (peer) => pour(peer, 100 * MEGABYTE, 0x61), UNREADABLE),
  hungUp('100 MB of open brackets', (peer) => pour(peer, 100 * MEGABYTE, 0x5b), UNREADABLE),
  hungUp(
    'a batch of 100,000',
    ({ socket }) => void socket.write(`[${'1,'.repeat(100_000)}1]`),
    UNREADABLE,
  ),
  hungUp(
    'nesting of 100,000',
    ({ socket }) => void socket.write('['.repeat(100_000) + ']'.repeat(100_000)),
    UNREADABLE,
  ),
  hungUp(
    'an id of 200,000 letters',
    ({ socket }) => void socket.write(call('i'.repeat(200_000), 'x')),
    UNREADABLE,
  ),
  invalid('a byte that it never has', [0x22, 0xff, 0x22, 0x0a]),
  invalid('an overlong form', [0x22, 0xc0, 0xaf, 0x22, 0x0a]),
  invalid('half of a surrogate pair', [0x22, 0xed, 0xa0, 0x80, 0x22, 0x0a]),
  hungUp(
    'no UTF-8, byte by byte',
    async ({ socket }) => {
      for (const byte of [0x22, 0xe2, 0x82, 0x22, 0x0a]) {
        socket.write(Uint8Array.of(byte));
        await new Promise(setImmediate);
      }
    },
    UNREADABLE,
  ),
  {
    name: 'a good call, byte by byte through a letter of three bytes',
    run: (path) =>
      asGuest(path, async (peer) => {
        for (const byte of Buffer.from(encodeLine(STATUS))) {
          peer.socket.write(Uint8Array.of(byte));
          await new Promise(setImmediate);
        }
        const [reply] = await peer.answers(1);
        return reply?.id === '€' && reply.result !== undefined;
      }),
  },
  {
    name: 'half lines of 60,000 bytes in small pieces that never end, from 20 peers',
    run: async (path) => {
      const peers = await Promise.all(Array.from({ length: 20 }, () => connectRaw(path)));
      for (const { socket } of peers) socket.write(HELLO);
      for (let sent = 0; sent < 60_000; sent += 20) {
        for (const { socket } of peers) socket.write('xxxxxxxxxxxxxxxxxxxx');
        if (sent % 200 === 0) await new Promise(setImmediate);
      }
      const areSilent = peers.every(({ replies }) => replies.length <= 1);
      for (const peer of peers) peer.leave();
      return areSilent;
    },
  },
  {
    name: 'a million empty lines',
    run: (path) =>
      asGuest(path, async (peer) => {
        await pour(peer, MEGABYTE, 0x0a);
        peer.socket.write(call(1, 'update.status'));
        const [reply] = await peer.answers(1);
        return reply?.id === 1;
      }),
  },
  {
    name: '100,000 lines that are no request',
    run: (path) =>
      asGuest(path, async (peer) => {
        peer.socket.write('1\n'.repeat(100_000));
        if (!(await peer.isHungUp())) return false;
        const last = { id: null, number: NUMBERS.ours, code: 'rate-limited' };
        return peer.replies.length === 101 && isRefusal(peer.replies.at(-1), last);
      }),
  },
  pipelined('5,000 calls in one piece', 5_000, 'update.status', (replies) =>
    replies.every(({ error }) => error === undefined),
  ),
  pipelined('20,000 calls of a method that there is not', 20_000, 'update.none', (replies) =>
    replies.every(({ error }) => error !== undefined),
  ),
  pipelined('1,000 calls that write', 1_000, 'update.check', (replies) => {
    const served = replies.filter(({ error }) => error === undefined).length;
    // Sixty a minute, and a minute may end between them.
    return served > 0 && served <= 120;
  }),
  {
    name: 'a reader that never reads and calls',
    run: async (path) => {
      const peers = await Promise.all(
        Array.from({ length: 16 }, () => connectRaw(path, { reads: false })),
      );
      for (const { socket } of peers) {
        socket.write(HELLO);
        socket.write(call(1, 'update.status').repeat(5_000));
      }
      // The others are served meanwhile: that is what this socket and its witnesses show.
      const isServed = await asGuest(path, async (peer) => {
        peer.socket.write(call(1, 'update.status').repeat(500));
        return (await peer.answers(500)).length === 500;
      });
      for (const peer of peers) peer.leave();
      return isServed;
    },
  },
];
