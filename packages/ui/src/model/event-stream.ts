/** One open event stream, from its opening to its end, however it ends. Reconnecting is the connection's business. */
import type { LogLine, TransactionId } from '@pikit/protocol';
import type { Agent, AgentStatus } from './situation.ts';

/** The part of EventSource that is used, so that a test can bring one to Node. */
export interface EventStream {
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void;
  close(): void;
}

export interface StreamListener {
  readonly status: (status: AgentStatus) => void;
  readonly agent: (agent: Agent) => void;
  readonly log: (transaction: TransactionId, line: LogLine) => void;
  /** Nothing was heard for so long that the line may be dead; resolves to whether the device still answers. */
  readonly silence: () => Promise<boolean>;
}

interface Options {
  readonly stream: EventStream;
  readonly silenceMs: number;
  readonly signal: AbortSignal;
  readonly on: StreamListener;
}

/** Resolves when the stream has ended, to whether it had ever opened. Never rejects. */
export function listenToEnd({ stream, silenceMs, signal, on }: Options): Promise<boolean> {
  return new Promise((resolve) => {
    let hasOpened = false;
    let hasHeard = true;
    const end = (): void => {
      clearInterval(watch);
      stream.close();
      resolve(hasOpened);
    };
    // A line that broke without a word (Wi-Fi, a pulled plug) never reports an error: ask.
    const watch = setInterval(() => {
      if (hasHeard) {
        hasHeard = false;
        return;
      }
      void on.silence().then((isAlive) => {
        if (!isAlive) end();
      });
    }, silenceMs);
    const hear = (type: string, use: (value: unknown) => void): void => {
      stream.addEventListener(type, ({ data }) => {
        hasHeard = true;
        if (!signal.aborted && typeof data === 'string') use(JSON.parse(data));
      });
    };
    signal.addEventListener('abort', end);
    stream.addEventListener('error', end);
    stream.addEventListener('open', () => {
      hasOpened = true;
    });
    // The api has passed each of them through its schema.
    hear('status', (value) => on.status(value as AgentStatus));
    hear('agent', (value) => on.agent((value as { agent: Agent }).agent));
    hear('log', (value) => {
      const { transaction, line } = value as { transaction: TransactionId; line: LogLine };
      on.log(transaction, line);
    });
  });
}
