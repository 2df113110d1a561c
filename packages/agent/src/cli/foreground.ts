/**
 * `--run METHOD [PARAMS]`: the rescue path when nothing else runs. It makes one call without a socket, waits for the end
 * of the transaction that the call began, and tells the outcome by its exit code.
 */
import { UpdateError, type TransactionResult } from '@pikit/protocol';
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

/** Methods whose answer is only the beginning. */
const BEGINS: ReadonlySet<string> = new Set(['update.apply', 'update.rollback']);

/** Prints one JSON document: the call's result, or the transaction's, or `{"error": …}`. Resolves with the exit code. */
export async function runForeground(
  agent: ForegroundAgent,
  method: string,
  params: string | undefined,
): Promise<number> {
  try {
    // What an earlier run left unfinished is ended first, as the daemon would.
    await agent.recover();
    const result = await agent.dispatch(method, parse(params), {
      surface: 'admin',
      by: 'foreground',
    });
    if (!BEGINS.has(method)) return print(result, EXIT.ok);
    return report(await agent.settled());
  } catch (error) {
    if (!(error instanceof UpdateError)) throw error;
    process.stderr.write(`pikit-agent: ${error.message}\n`);
    return print({ error: error.toView() }, exitCodeOf(error.code));
  }
}

function report(ended: TransactionResult | undefined): number {
  if (ended === undefined) {
    const failure = new UpdateError('internal', 'the transaction could not be carried to an end');
    return print({ error: failure.toView() }, EXIT.failed);
  }
  return print(ended, ended.outcome === 'committed' ? EXIT.ok : EXIT.failed);
}

function print(document: unknown, code: number): number {
  process.stdout.write(`${JSON.stringify(document)}\n`);
  return code;
}

function parse(params: string | undefined): unknown {
  if (params === undefined) return {};
  try {
    return JSON.parse(params);
  } catch (cause) {
    throw new UpdateError('invalid-request', 'PARAMS is not JSON', { cause });
  }
}
