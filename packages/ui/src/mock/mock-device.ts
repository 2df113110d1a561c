/**
 * A device that exists only in the page: it answers the same requests and sends the same events as the api, so that the real
 * connection and commands run against it. For work on the UI; it ships nowhere.
 */
import type { LogLine, Status, TransactionId } from '@pikit/protocol';
import type { EventStream } from '../model/event-stream.ts';
import { auditOf, courseOf, endOf, type Change, type Order } from './mock-work.ts';

type Listener = (event: { readonly data?: unknown }) => void;
type Route = (body: string) => Response | Promise<Response>;

export interface MockDevice {
  readonly fetch: typeof globalThis.fetch;
  readonly openEvents: (url: string) => EventStream;
}

const json = (value: unknown, status = 200): Response =>
  Response.json(value, { status, headers: { date: new Date().toUTCString() } });

/** The events that one page listens to. */
function createEvents() {
  const listeners = new Map<string, Set<Listener>>();
  return {
    send(type: string, data: unknown): void {
      for (const listener of listeners.get(type) ?? []) listener({ data: JSON.stringify(data) });
    },
    open: (): EventStream => ({
      addEventListener(type, listener) {
        const known = listeners.get(type) ?? new Set();
        listeners.set(type, known.add(listener));
        if (type === 'open') setTimeout(() => listener({}));
      },
      close: () => listeners.clear(),
    }),
  };
}

/** What the agent would do: works through the course of a transaction, one tick after the other. */
function createWorker(first: Status, tickMs: number, send: (type: string, data: unknown) => void) {
  let status = first;
  let lines: readonly LogLine[] = [];
  let isCancelled = false;

  const become = (change: Change): void => {
    status = { ...status, ...change, revision: status.revision + 1 };
    send('status', { ...status, agent: 'reachable' });
  };
  const log = (transaction: TransactionId, message: string): void => {
    const line: LogLine = { at: new Date().toISOString(), level: 'info', message };
    lines = [...lines, line];
    send('log', { transaction, line });
  };
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, tickMs));

  return {
    become,
    pause,
    status: () => status,
    lines: () => lines,
    cancel(): void {
      isCancelled = true;
    },
    async work(order: Pick<Order, 'kind' | 'id' | 'stageOnly'>): Promise<void> {
      const { id } = order;
      isCancelled = false;
      lines = [];
      const course = courseOf(status, { ...order, startedAt: new Date().toISOString() });
      for (const change of course) {
        if (isCancelled && change.transaction?.cancellable === true) break;
        const isNewPhase = change.transaction?.phase !== status.transaction?.phase;
        become(change);
        if (isNewPhase) log(id, `${String(change.transaction?.phase)}: begun`);
        await pause();
      }
      become(endOf(status, new Date().toISOString(), isCancelled));
    },
  };
}

/** `tickMs`: milliseconds between two steps of the pretended work. Any password is right. */
export function createMockDevice(first: Status, tickMs: number): MockDevice {
  const events = createEvents();
  const worker = createWorker(first, tickMs, (type, data) => events.send(type, data));
  let isSignedIn = true;

  const statusReply = (): Response => json({ ...worker.status(), agent: 'reachable' });
  const begin = (kind: Order['kind'], body = '{}'): Response => {
    const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const id = `${stamp}-4f2a9c` as TransactionId;
    const { stageOnly } = JSON.parse(body) as Pick<Order, 'stageOnly'>;
    void worker.work({ kind, id, ...(stageOnly && { stageOnly }) });
    return json({ transaction: id }, 202);
  };
  const setSession = (next: boolean): Response => {
    isSignedIn = next;
    return json({ signedIn: isSignedIn });
  };
  const routes: Readonly<Record<string, Route>> = {
    'GET /update/status': statusReply,
    'GET /session': () => json({ signedIn: isSignedIn }),
    'POST /session': () => setSession(true),
    'DELETE /session': () => setSession(false),
    'GET /update/log': () => json({ transaction: null, lines: worker.lines() }),
    'POST /update/check': async () => {
      worker.become({ checking: true });
      await worker.pause();
      const last_check = new Date().toISOString();
      worker.become({ checking: false, check_error: null, last_check });
      return statusReply();
    },
    'POST /update/apply': (body) => begin('apply', body),
    'POST /update/rollback': () => begin('rollback'),
    'POST /update/verify': async () => {
      await worker.pause();
      worker.become(auditOf(worker.status(), new Date().toISOString()));
      return statusReply();
    },
    'POST /update/repair': () => begin('repair'),
    'POST /update/skip': (body) => {
      const { version } = JSON.parse(body) as { readonly version: Status['skipped'] };
      worker.become({ skipped: version });
      return statusReply();
    },
    'POST /update/cancel': () => {
      worker.cancel();
      return json({});
    },
  };

  return {
    async fetch(input, init) {
      const { pathname } = new URL(input instanceof Request ? input.url : input, 'http://mock');
      const route = routes[`${init?.method ?? 'GET'} ${pathname}`];
      await worker.pause();
      if (route === undefined) return json({ code: 'invalid-request', details: {} }, 404);
      return route(typeof init?.body === 'string' ? init.body : '');
    },
    openEvents: events.open,
  };
}
