/**
 * Many readers of the event stream, as so many tabs would be. Each remembers the id of the last snapshot that it was given, and
 * which transactions it saw end; it never comes back by itself, so whoever was cut off has missed what followed.
 */
import { get, type ClientRequest } from 'node:http';

export interface Listening {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly clients: number;
}

export interface Listeners {
  /** How many were given a snapshot in which this transaction is the last that ended. */
  sawEnd(transaction: string): number;
  /** How many are connected, and have been given at least a first snapshot. */
  connected(): number;
  events(): number;
  close(): void;
}

interface Reader {
  readonly request: ClientRequest;
  isOpen: boolean;
  events: number;
  lastEnded: string | undefined;
}

export function openListeners({ url, headers, clients }: Listening): Listeners {
  const readers = Array.from({ length: clients }, () => openReader(url, headers));
  const count = (holds: (reader: Reader) => boolean): number => readers.filter(holds).length;
  return {
    sawEnd: (transaction) => count(({ lastEnded }) => lastEnded === transaction),
    connected: () => count(({ isOpen, events }) => isOpen && events > 0),
    events: () => readers.reduce((sum, { events }) => sum + events, 0),
    close: () => readers.forEach(({ request }) => request.destroy()),
  };
}

function openReader(url: string, headers: Listening['headers']): Reader {
  let pending = '';
  const request = get(url, { headers, agent: false }, (response) => {
    reader.isOpen = response.statusCode === 200;
    response.setEncoding('utf8').on('data', (text: string) => {
      const parts = (pending + text).split('\n\n');
      pending = parts.pop() ?? '';
      for (const part of parts) {
        if (!part.startsWith('event: status')) continue;
        reader.events += 1;
        reader.lastEnded = lastEndedOf(part);
      }
    });
    response.on('close', () => (reader.isOpen = false));
  });
  const reader: Reader = { request, isOpen: false, events: 0, lastEnded: undefined };
  // because a reader that is cut off is counted as not connected.
  request.on('error', () => (reader.isOpen = false));
  return reader;
}

function lastEndedOf(event: string): string | undefined {
  const data: unknown = JSON.parse(event.slice(event.indexOf('\ndata: ') + 7));
  const { last_result: last } = data as { readonly last_result: { readonly id: string } | null };
  return last?.id;
}
