/** Attacks with numbers: thousands of connections, those that never greet, and those that greet and fall silent. */
import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../support/wait-for.ts';
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

/** Tries anew as the api does, while the crowd stays. */
const servedInTheEnd = (path: string): Promise<boolean> =>
  waitFor('an answer', () => served(path), { everyMs: 200 });

const isOpen = (socket: Socket): boolean => !socket.destroyed && !socket.connecting;

/** Whether the agent turns away all of them but so many, and then they leave. */
async function areTurnedAway(sockets: readonly Socket[], places: number): Promise<boolean> {
  const areAway = () => sockets.filter(isOpen).length <= places;
  try {
    return await waitFor('the crowd to be turned away', areAway, { everyMs: 200 });
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

export const CROWD_ATTACKS: readonly Attack[] = [
  {
    name: '10,000 connections that stay and say nothing',
    run: async (path) => {
      const sockets = await crowd(path, (socket) => void socket.resume());
      const isServed = await servedInTheEnd(path);
      return (await areTurnedAway(sockets, 0)) && isServed;
    },
  },
  {
    name: '10,000 connections that reset',
    run: async (path) => {
      await crowd(path, (socket) => socket.destroy());
      return servedInTheEnd(path);
    },
  },
  {
    name: '10,000 greetings that reset before the answer',
    run: async (path) => {
      await crowd(path, (socket) => {
        socket.write(HELLO);
        socket.destroy();
      });
      return servedInTheEnd(path);
    },
  },
  {
    name: '10,000 greetings that stay and fall silent',
    run: async (path) => {
      const sockets = await crowd(path, (socket) => {
        socket.resume();
        socket.write(HELLO);
      });
      const isServed = await servedInTheEnd(path);
      return (await areTurnedAway(sockets, 32)) && isServed;
    },
  },
  {
    name: 'a peer that dribbles its greeting',
    run: async (path) => {
      const peer = await connectRaw(path);
      // Never silent for as long as the agent is patient.
      let sent = 0;
      const dribble = setInterval(() => {
        peer.socket.write(HELLO.charAt(sent % 40));
        sent += 1;
      }, 200);
      try {
        return await peer.isHungUp();
      } finally {
        clearInterval(dribble);
      }
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
