/**
 * `--run METHOD [PARAMS]` and `--recover`: the rescue path when nothing else runs; `--recover-targets`: what of it a device
 * does before its services start. No socket is opened; each waits for the end of its work, prints one JSON document and
 * tells the outcome by its exit code.
 */
import { isMethodName, methods, UpdateError, type TransactionResult } from '@pikit/protocol';
import { plainMessage } from '../core/plain-text.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { meantBy } from './params.ts';

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

/** Where the next start finds what could not be ended: for the reader, never opened from here. */
const JOURNAL = '/var/lib/pikit-update/journal.json';

/** Methods whose answer is only the beginning. */
const BEGINS: ReadonlySet<string> = new Set([
  'update.apply',
  'update.downgrade',
  'update.import',
  'update.rollback',
  'update.repair',
]);

/** Prints one JSON document: the call's result, or the transaction's, or `{"error": …}`. Resolves with the exit code. */
export async function runForeground(
  agent: ForegroundAgent,
  method: string,
  params: string | undefined,
  output: Output = STANDARD,
): Promise<number> {
  const { print, fail } = createPrinter(output);
  try {
    const document = parse(method, params);
    // What an earlier run left unfinished is ended first, as the daemon would; a read waits for no lock.
    if (isWrite(method)) await agent.recover();
    const result = await agent.dispatch(method, document, { surface: 'admin', by: 'foreground' });
    if (!BEGINS.has(method)) return print(result, EXIT.ok);
    const ended = await agent.settled();
    if (ended === undefined) {
      throw new UpdateError('state-damaged', 'it could not be brought to an end', {
        details: { file: JOURNAL },
      });
    }
    return print(ended, isAsWished(ended) ? EXIT.ok : EXIT.failed);
  } catch (thrown) {
    return fail(thrown);
  }
}

/**
 * Ends what a crash or a power cut left unfinished. Prints the result of that transaction, or `{}` when there was nothing
 * to end. 0 also for an update that was undone: the device is whole again. 1 when it is not.
 */
export async function runRecovery(
  agent: Pick<ForegroundAgent, 'recover' | 'settled'>,
  output: Output = STANDARD,
): Promise<number> {
  const { print, fail } = createPrinter(output);
  try {
    await agent.recover();
    const ended = await agent.settled();
    return print(ended ?? {}, ended?.outcome === 'broken' ? EXIT.failed : EXIT.ok);
  } catch (thrown) {
    return fail(thrown);
  }
}

/** Prints what `mend` did, or `{}` when there was nothing to do. 0 also then: each target is whole. */
export async function runMending(
  mend: () => Promise<object | undefined>,
  output: Output = STANDARD,
): Promise<number> {
  const { print, fail } = createPrinter(output);
  try {
    return print((await mend()) ?? {}, EXIT.ok);
  } catch (thrown) {
    return fail(thrown);
  }
}

function isAsWished({ outcome }: TransactionResult): boolean {
  return outcome === 'committed' || outcome === 'staged';
}

function createPrinter(output: Output) {
  const print = (document: unknown, code: number): number => {
    output.result(`${JSON.stringify(document)}\n`);
    return code;
  };
  const refuse = (error: UpdateError, text = error.message): number => {
    output.complaint(`pikit-agent: ${plainMessage(text)}\n`);
    return print({ error: error.toView() }, exitCodeOf(error.code));
  };
  const fail = (thrown: unknown): number => {
    if (thrown instanceof UpdateError) return refuse(thrown);
    // A bug of ours: the stack is for whoever reports it.
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    return refuse(new UpdateError('internal', text, { cause: thrown }), text);
  };
  return { print, fail };
}

function isWrite(method: string): boolean {
  return isMethodName(method) && methods[method].kind === 'write';
}

function parse(method: string, params: string | undefined): unknown {
  if (params === undefined) return meantBy(method);
  try {
    return JSON.parse(params);
  } catch (cause) {
    throw new UpdateError('invalid-request', 'PARAMS is not JSON', { cause });
  }
}
