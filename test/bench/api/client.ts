/** The other end of `client-main.ts`: one command at a time, and its answer. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Listening } from './listeners.ts';
import type { Pace, Paced } from './paced.ts';

export type Command =
  | ({ readonly kind: 'pace' } & Pace)
  | ({ readonly kind: 'listen' } & Listening)
  | { readonly kind: 'count'; readonly transaction: string };

export interface Counted {
  readonly connected: number;
  readonly events: number;
  readonly sawEnd: number;
}

export interface Client {
  pace(pace: Pace): Promise<Paced>;
  /** Takes the place of the streams that were open before. */
  listen(listening: Listening): Promise<void>;
  count(transaction: string): Promise<Counted>;
  stop(): void;
}

export function startClient(program: string): Client {
  const child = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = once(child, 'exit').then(() => [{ failure: 'the client ended' }]);
  const ask = async (command: Command): Promise<unknown> => {
    child.send(command);
    const [answer]: unknown[] = await Promise.race([once(child, 'message'), ended]);
    const { value, failure } = answer as { readonly value?: unknown; readonly failure?: string };
    if (failure !== undefined) throw new Error(failure);
    return value;
  };
  return {
    pace: async (pace) => (await ask({ kind: 'pace', ...pace })) as Paced,
    async listen(listening) {
      await ask({ kind: 'listen', ...listening });
    },
    count: async (transaction) => (await ask({ kind: 'count', transaction })) as Counted,
    stop: () => child.disconnect(),
  };
}
