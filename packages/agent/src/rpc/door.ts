/**
 * Who may be connected to one socket, and for how long. Whoever has not greeted is a stranger: strangers make way for the
 * next one, so that no crowd of them keeps a real client out. Guests are few and stay; only one that is silent makes way.
 */
import { methods, isMethodName } from '@pikit/protocol';
import type { Socket } from 'node:net';
import type { Clock } from '../ports.ts';
import type { BoundedLog } from './log-budget.ts';

export interface Visitor {
  readonly isGuest: () => boolean;
  /** From a stranger to a guest. False when there are too many of them, or when it has left. */
  readonly greet: () => boolean;
  /** It has said something just now. */
  readonly spoke: () => void;
  /** Counts a call; false when the socket has had too many that write to the disk. */
  readonly mayCall: (method: string) => boolean;
}

export interface Door {
  readonly admit: (socket: Socket) => Visitor;
}

export interface DoorLimits {
  /**
   * Connections that have not greeted. A real client is one of them for a few milliseconds, in which a crowd that connects
   * as fast as it can must not have pushed it out.
   */
  readonly strangers: number;
  readonly greetingMs: number;
  /** The dashboard needs one, an operator a few. */
  readonly guests: number;
  /** A guest that said nothing for so long makes way when all places are taken. The api comes back by itself. */
  readonly silenceMs: number;
  /** Each may write a line of log and a small file: the card and the journal are to last for years. */
  readonly writesPerMinute: number;
}

const LIMITS: DoorLimits = {
  strangers: 256,
  greetingMs: 5_000,
  guests: 32,
  silenceMs: 5_000,
  writesPerMinute: 60,
};

const MINUTE_MS = 60_000;

interface Needs {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly complain: BoundedLog;
  readonly limits?: DoorLimits;
}

export function createDoor({ clock, complain, limits = LIMITS }: Needs): Door {
  // Both in order: who came first, who was silent longest.
  const strangers = new Set<Socket>();
  const guests = new Map<Socket, number>();
  const mayWrite = createAllowance(clock, limits.writesPerMinute);

  const close = (socket: Socket, why: string): void => {
    complain('info', `closed a connection that ${why}`);
    forget(socket);
    socket.destroy();
  };
  const forget = (socket: Socket): void => {
    strangers.delete(socket);
    guests.delete(socket);
  };

  const hasRoom = (): boolean => {
    if (guests.size < limits.guests) return true;
    const [longest] = guests;
    if (longest === undefined) return false;
    const [socket, since] = longest;
    if (clock.monotonicMs() - since < limits.silenceMs) return false;
    close(socket, 'was silent when others came');
    return true;
  };

  return {
    admit(socket) {
      const [oldest] = strangers;
      if (oldest !== undefined && strangers.size >= limits.strangers)
        close(oldest, 'had not greeted when others came');
      strangers.add(socket);
      const patience = setTimeout(() => close(socket, 'did not greet'), limits.greetingMs);
      socket.once('close', () => {
        clearTimeout(patience);
        forget(socket);
      });
      return {
        isGuest: () => guests.has(socket),
        greet() {
          if (socket.destroyed || !hasRoom()) return false;
          clearTimeout(patience);
          strangers.delete(socket);
          guests.set(socket, clock.monotonicMs());
          return true;
        },
        spoke() {
          if (guests.delete(socket)) guests.set(socket, clock.monotonicMs());
        },
        mayCall: (method) => !isCostly(method) || mayWrite(),
      };
    },
  };
}

/** A cancel is heard whatever came before it. */
function isCostly(method: string): boolean {
  return isMethodName(method) && methods[method].kind === 'write' && method !== 'update.cancel';
}

function createAllowance(clock: Needs['clock'], perMinute: number): () => boolean {
  let begun = -Infinity;
  let used = 0;
  return () => {
    if (clock.monotonicMs() - begun >= MINUTE_MS) {
      begun = clock.monotonicMs();
      used = 0;
    }
    used += 1;
    return used <= perMinute;
  };
}
