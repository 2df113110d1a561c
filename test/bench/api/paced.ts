/**
 * Requests at a fixed rate, without coordinated omission: each has its time in a plan that was made before the first was sent, and
 * how long it took is counted from that time until the last byte of the answer. An answer that is late delays nothing but
 * itself while a connection is free, and where none is, the time spent waiting for one counts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { openConnection, requestText, type Connection } from './connection.ts';

export interface Pace {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly perSecond: number;
  readonly seconds: number;
}

export interface Paced {
  /** Sorted. */
  readonly latenciesMs: readonly number[];
  /** Answers other than 200, and broken connections. */
  readonly failures: number;
}

const CONNECTIONS = 64;

export async function sendPaced({ url, headers, perSecond, seconds }: Pace): Promise<Paced> {
  const target = new URL(url);
  const request = requestText(target, headers);
  const free: Connection[] = [];
  for (let i = 0; i < CONNECTIONS; i += 1) {
    free.push(await openConnection(target.hostname, Number(target.port)));
  }
  const due: number[] = [];
  const latenciesMs: number[] = [];
  let failures = 0;
  const serving: Promise<void>[] = [];

  const serve = async (connection: Connection): Promise<void> => {
    for (;;) {
      const at = due.shift();
      if (at === undefined) break;
      try {
        if ((await connection.ask(request)) !== 200) failures += 1;
      } catch {
        // because what is measured then is that it failed.
        failures += 1;
      }
      latenciesMs.push(performance.now() - at);
    }
    free.push(connection);
  };

  const total = perSecond * seconds;
  const beginsAt = performance.now() + 50;
  for (let sent = 0; sent < total;) {
    const at = beginsAt + (sent * 1000) / perSecond;
    const early = at - performance.now();
    // A timer has whole milliseconds; who wakes late sends what has become due, with the time at which it was.
    if (early > 0) await sleep(early);
    due.push(at);
    sent += 1;
    const connection = free.pop();
    if (connection !== undefined) serving.push(serve(connection));
  }
  await Promise.all(serving);
  for (const connection of free) connection.close();
  return { latenciesMs: latenciesMs.toSorted((one, other) => one - other), failures };
}

/** `share` of 0.99 is the value that 99 of 100 do not exceed. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}
