/** Asks the agent what it knows, within a bound. That it does not answer is a finding, not a failure. */
import { UpdateError, type Result, type Status } from '@pikit/protocol';
import { connectAgent } from '../client.ts';
import type { AgentAnswer } from '../doctor/agent.ts';

export interface Told {
  readonly answer: AgentAnswer;
  /** Undefined when it did not answer. */
  readonly status: Status | undefined;
  readonly inspection: Result<'agent.inspect'> | undefined;
}

export interface Question {
  readonly socket: string;
  readonly client: string;
  readonly timeoutMs: number;
  /** Before its state is asked for: look for releases, read every installed file. Both take as long as they take. */
  readonly first?: readonly ('update.check' | 'update.verify')[];
}

const SILENCE = Symbol('silence');

export async function askAgent(question: Question): Promise<Told> {
  const begun = performance.now();
  const tookMs = (): number => Math.round(performance.now() - begun);
  const nothing = { status: undefined, inspection: undefined };
  try {
    const first = await within(question.timeoutMs, ask(question, tookMs));
    if (first !== SILENCE) return await first.more();
    return { ...nothing, answer: { kind: 'silence', tookMs: tookMs() } };
  } catch (error) {
    if (!(error instanceof UpdateError)) throw error;
    const { code, details } = error;
    const reason = String(details['reason'] ?? code);
    return { ...nothing, answer: { kind: 'failure', code, reason } };
  }
}

/** The first answer, which has a bound, and how to get the others. */
async function ask({ socket, client: name, first = [] }: Question, tookMs: () => number) {
  const client = await connectAgent(socket, name);
  const inspect = async (): Promise<Told['inspection']> => {
    try {
      return await client.call('agent.inspect', {});
    } catch (error) {
      // because one that refuses has answered: a key that cannot be read is the finding of another check
      if (error instanceof UpdateError && error.code !== 'agent-unreachable') return undefined;
      throw error;
    }
  };
  const version = (await inspect())?.agent ?? 'the agent';
  const answer = { kind: 'answer', tookMs: tookMs(), version } as const;
  return {
    more: async (): Promise<Told> => {
      try {
        for (const method of first) {
          try {
            await client.call(method, {});
          } catch (error) {
            // because the status tells why a check failed, and a busy agent what it is at
            if (!(error instanceof UpdateError) || error.code === 'agent-unreachable') throw error;
          }
        }
        const status = await client.call('update.status', {});
        return { answer, status, inspection: await inspect() };
      } finally {
        client.close();
      }
    },
  };
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T | typeof SILENCE> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<typeof SILENCE>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, SILENCE);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}
