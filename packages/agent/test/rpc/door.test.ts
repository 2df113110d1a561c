/** Strangers make way for strangers, silent guests for guests, and nobody else does. */
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { waitFor } from '../../../../test/support/wait-for.ts';
import { createDoor, type Door, type DoorLimits, type Visitor } from '../../src/rpc/door.ts';

const LIMITS: DoorLimits = {
  strangers: 3,
  greetingMs: 60_000,
  guests: 2,
  silenceMs: 1_000,
  writesPerMinute: 3,
};

let dir: TempDir;
let server: Server;
let now: number;
let complaints: string[];
const ends: Socket[] = [];
beforeEach(async () => {
  dir = await makeTempDir();
  server = createServer().listen(join(dir.path, 's'));
  await once(server, 'listening');
  now = 0;
  complaints = [];
});
afterEach(async () => {
  for (const socket of ends) socket.destroy();
  server.close();
  await dir.remove();
});

function aDoor(limits: Partial<DoorLimits> = {}): Door {
  return createDoor({
    clock: { monotonicMs: () => now },
    complain: (_level, message) => complaints.push(message) > 0,
    limits: { ...LIMITS, ...limits },
  });
}

/** Our end of a new connection, admitted. */
async function arrive(door: Door): Promise<{ socket: Socket; visitor: Visitor }> {
  const accepted = once(server, 'connection');
  ends.push(createConnection(join(dir.path, 's')).on('error', () => undefined));
  const [socket] = (await accepted) as [Socket];
  ends.push(socket);
  return { socket, visitor: door.admit(socket) };
}

describe('createDoor', () => {
  it('closes the oldest stranger when one more comes', async () => {
    const door = aDoor();
    const visits = [];
    for (let n = 0; n < 5; n += 1) visits.push(await arrive(door));
    expect(visits.map(({ socket }) => socket.destroyed)).toEqual([true, true, false, false, false]);
    expect(complaints).toEqual(
      Array(2).fill('closed a connection that had not greeted when others came'),
    );
  });

  it('closes a stranger that does not greet in time, and no guest', async () => {
    const door = aDoor({ greetingMs: 100 });
    const guest = await arrive(door);
    expect(guest.visitor.greet()).toBe(true);
    const stranger = await arrive(door);
    await waitFor('the end', () => stranger.socket.destroyed);
    expect(guest.socket.destroyed).toBe(false);
    expect(guest.visitor.isGuest()).toBe(true);
  });

  it('keeps guests that spoke, and refuses one more until one has been silent', async () => {
    const door = aDoor();
    const [first, second, third] = [await arrive(door), await arrive(door), await arrive(door)];
    expect([first.visitor.greet(), second.visitor.greet()]).toEqual([true, true]);
    expect(third.visitor.greet()).toBe(false);
    now = 900;
    first.visitor.spoke();
    now = 1_000;
    expect(third.visitor.greet()).toBe(true);
    expect([first, second].map(({ socket }) => socket.destroyed)).toEqual([false, true]);
    expect(second.visitor.isGuest()).toBe(false);
  });

  it('gives the place of whoever left to the next', async () => {
    const door = aDoor({ guests: 1 });
    const first = await arrive(door);
    first.visitor.greet();
    first.socket.destroy();
    await once(first.socket, 'close');
    expect((await arrive(door)).visitor.greet()).toBe(true);
  });

  it('takes nobody in who has left', async () => {
    const { socket, visitor } = await arrive(aDoor());
    socket.destroy();
    expect(visitor.greet()).toBe(false);
    visitor.spoke();
    expect(visitor.isGuest()).toBe(false);
  });

  it('counts what writes, of all peers together, and always lets a cancel through', async () => {
    const door = aDoor();
    const [one, other] = [await arrive(door), await arrive(door)];
    const answers = ['update.check', 'update.auto', 'update.apply', 'update.check'].map((method) =>
      one.visitor.mayCall(method),
    );
    expect(answers).toEqual([true, true, true, false]);
    expect(other.visitor.mayCall('update.rollback')).toBe(false);
    for (const free of ['update.cancel', 'update.status', 'constructor'])
      expect(other.visitor.mayCall(free)).toBe(true);
    now = 60_000;
    expect(other.visitor.mayCall('update.check')).toBe(true);
  });
});
