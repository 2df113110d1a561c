/** Attacks with numbers: thousands of connections, those that never greet, and those that greet and fall silent. */
import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { asGuest, type Attack } from './attack.ts';
import { call, connectGuest, connectRaw, HELLO } from './raw-peer.ts';

const CROWD = 10_000;
/** As the agent promises: strangers have five seconds, and so long is a silent guest safe from newcomers. */
const PATIENCE_MS = 5_000;

/** As fast as it goes; a full queue refuses some, which a crowd does not mind. Resolves when all were tried. */
async function crowd(path: string, greet: (socket: Socket) => void): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  for (let tried = 0; tried < CROWD; tried += 1) {
    const socket = createConnection(path);
    // because a crowd is turned away
    socket.on('error', () => undefined);
    socket.once('connect', () => greet(socket));
    sockets.push(socket);
    if (tried % 100 === 0) await new Promise(setImmediate);
  }
  await new Promise(setImmediate);
  return sockets;
}

const served = (path: string): Promise<boolean> =>
  asGuest(path, async (peer) => {
    peer.socket.write(call(1, 'update.status'));
    return (await peer.answers(1))[0]?.result !== undefined;
  });

/** Tries anew as the api does; whether it was served in time. */
async function servedWithin(path: string, ms: number): Promise<boolean> {
  for (const deadline = performance.now() + ms; performance.now() < deadline; await sleep(200)) {
    // because being refused is one of the answers here, and the loop asks again
    if (await served(path).catch(() => false)) return true;
  }
  return false;
}

const isOpen = (socket: Socket): boolean => !socket.destroyed && !socket.connecting;

export const CROWD_ATTACKS: readonly Attack[] = [
  {
    name: '10,000 connections that stay and say nothing',
    run: async (path) => {
      const sockets = await crowd(path, (socket) => void socket.resume());
      const isServed = await servedWithin(path, PATIENCE_MS);
      await sleep(PATIENCE_MS + 1_500);
      const left = sockets.filter(isOpen).length;
      for (const socket of sockets) socket.destroy();
      return isServed && left === 0;
    },
  },
  {
    name: '10,000 connections that reset',
    run: async (path) => {
      await crowd(path, (socket) => socket.destroy());
      return servedWithin(path, PATIENCE_MS);
    },
  },
  {
    name: '10,000 greetings that reset before the answer',
    run: async (path) => {
      await crowd(path, (socket) => {
        socket.write(HELLO);
        socket.destroy();
      });
      return servedWithin(path, 2 * PATIENCE_MS);
    },
  },
  {
    name: '10,000 greetings that stay and fall silent',
    run: async (path) => {
      const sockets = await crowd(path, (socket) => {
        socket.resume();
        socket.write(HELLO);
      });
      const isServed = await servedWithin(path, 2 * PATIENCE_MS + 2_000);
      await sleep(PATIENCE_MS + 1_000);
      const left = sockets.filter(isOpen).length;
      for (const socket of sockets) socket.destroy();
      return isServed && left <= 32;
    },
  },
  {
    name: 'a peer that dribbles its greeting',
    run: async (path) => {
      const peer = await connectRaw(path);
      for (const letter of HELLO.slice(0, 40)) {
        peer.socket.write(letter);
        await sleep(200);
      }
      return peer.isHungUp(1_000);
    },
  },
  {
    name: 'a peer that greets and falls silent while there is room',
    run: async (path) => {
      const peer = await connectGuest(path);
      await sleep(PATIENCE_MS + 1_000);
      peer.socket.write(call(1, 'update.status'));
      const [reply] = await peer.answers(1);
      peer.leave();
      return reply?.result !== undefined;
    },
  },
];
