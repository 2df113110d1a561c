/**
 * `--run METHOD [PARAMS]`: the rescue path when nothing else runs. It makes one call without a socket, waits for the end
 * of the transaction that the call began, and tells the outcome by its exit code.
 */
import { isMethodName, methods, UpdateError, type TransactionResult } from '@pikit/protocol';
import { EXIT, exitCodeOf } from './exit-codes.ts';

interface ForegroundAgent {
  readonly dispatch: (
    method: string,
    params: unknown,
    caller: { readonly surface: 'admin'; readonly by: 'foreground' },
  ) => Promise<unknown>;
  readonly recover: () => Promise<void>;
  readonly settled: () => Promise<TransactionResult | undefined>;
}

interface Output {
  readonly result: (text: string) => unknown;
  readonly complaint: (text: string) => unknown;
}

const STANDARD: Output = {
  result: (text) => process.stdout.write(text),
  complaint: (text) => process.stderr.write(text),
};

/** Methods whose answer is only the beginning. */
const BEGINS: ReadonlySet<string> = new Set(['update.apply', 'update.rollback']);

/** Prints one JSON document: the call's result, or the transaction's, or `{"error": …}`. Resolves with the exit code. */
export async function runForeground(
  agent: ForegroundAgent,
  method: string,
  params: string | undefined,
  output: Output = STANDARD,
): Promise<number> {
  const print = (document: unknown, code: number): number => {
    output.result(`${JSON.stringify(document)}\n`);
    return code;
  };
  const fail = (error: UpdateError, text = error.message): number => {
    output.complaint(`pikit-agent: ${text}\n`);
    return print({ error: error.toView() }, exitCodeOf(error.code));
  };
  try {
    const document = parse(params);
    // What an earlier run left unfinished is ended first, as the daemon would; a read waits for no lock.
    if (isWrite(method)) await agent.recover();
    const result = await agent.dispatch(method, document, { surface: 'admin', by: 'foreground' });
    if (!BEGINS.has(method)) return print(result, EXIT.ok);
    const ended = await agent.settled();
    if (ended === undefined) throw new UpdateError('internal', 'it could not be carried to an end');
    return print(ended, ended.outcome === 'committed' ? EXIT.ok : EXIT.failed);
  } catch (thrown) {
    if (thrown instanceof UpdateError) return fail(thrown);
    // A bug of ours: the stack is for whoever reports it.
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    return fail(new UpdateError('internal', text, { cause: thrown }), text);
  }
}

function isWrite(method: string): boolean {
  return isMethodName(method) && methods[method].kind === 'write';
}

function parse(params: string | undefined): unknown {
  if (params === undefined) return {};
  try {
    return JSON.parse(params);
  } catch (cause) {
    throw new UpdateError('invalid-request', 'PARAMS is not JSON', { cause });
  }
}
