/**
 * Tries a piece of work again after a failure that may pass. Only for work that first looks at what is there, because an
 * answer that was lost does not mean that nothing was done.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Note } from '../command.ts';
import { isPassing } from './http-failure.ts';

const TRIES = 5;

export type Retrying = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Waits `firstDelayMs`, then twice as long each time. Rejects with the last failure, and at once with one that stays; of
 * those that it tries again, `note` hears.
 */
export function createRetrying(firstDelayMs: number, note: Note = () => undefined): Retrying {
  return async (work) => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (!isPassing(error) || attempt + 1 >= TRIES) throw error;
        note(`${error.message}; trying again`);
        await sleep(firstDelayMs * 2 ** attempt);
      }
    }
  };
}
