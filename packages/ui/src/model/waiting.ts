/**
 * What the page waits for, and for how long: the device, or the updater on it in the middle of its work. Pure. That something
 * restarts is expected and never an error; only after a long while is there reason to offer a way out.
 */
import type { Link, Situation } from './situation.ts';

export interface Waiting {
  readonly for: 'device' | 'agent';
  readonly ms: number;
  /** Longer than anything takes to restart. */
  readonly isLong: boolean;
}

/** A restart of the api takes a moment; a shorter break in the line is not worth a word. Milliseconds. */
const UNNOTICED_MS = 2500;
const LONG_MS = 120_000;
/** A restart that was not foreseen may show a page of the web server's own for a moment. */
const ELSEWHERE_MS = 20_000;

const LOST: readonly Link['kind'][] = ['reconnecting', 'elsewhere', 'refused'];

type Known = Pick<Situation, 'link' | 'status' | 'awaySince'>;

/** `now` is the browser's clock in milliseconds. An updater that is away while nothing runs is not waited for: it is missing. */
export function waitingOf({ link, status, awaySince }: Known, now: number): Waiting | undefined {
  const isLost = LOST.includes(link.kind);
  const isWorking = link.kind === 'live' && (status?.transaction ?? null) !== null;
  const since = isLost ? link.since : isWorking ? awaySince : undefined;
  const ms = since === undefined ? 0 : now - since;
  if (ms < UNNOTICED_MS) return undefined;
  return { for: isLost ? 'device' : 'agent', ms, isLong: ms >= LONG_MS };
}

/**
 * Something answers at the address of the api, and is none. While an update runs, what the web server passes on may change with it: then
 * that takes as long as any restart may.
 */
export function isElsewhere({ link, status }: Known, now: number): boolean {
  const isWorking = (status?.transaction ?? null) !== null;
  return link.kind === 'elsewhere' && now - link.since >= (isWorking ? LONG_MS : ELSEWHERE_MS);
}
