/** Holds the one situation of a device and tells whoever listens that it has changed. */
import type { Situation } from './situation.ts';

export interface Store {
  readonly situation: () => Situation;
  readonly set: (change: Partial<Situation>) => void;
  /** Returns the way to stop listening. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** `now` is the browser's clock in milliseconds: since then the page is connecting. */
export function createStore(now: number): Store {
  const listeners = new Set<() => void>();
  let situation: Situation = {
    link: { kind: 'connecting', since: now },
    status: undefined,
    agent: 'reachable',
    aheadMs: 0,
    peak: undefined,
    pending: undefined,
    problem: undefined,
    log: undefined,
  };
  return {
    situation: () => situation,
    set(change) {
      situation = { ...situation, ...change };
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
