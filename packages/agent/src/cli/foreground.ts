/**
 * `--run METHOD [PARAMS]` and `--recover`: the rescue path when nothing else runs; `--recover-targets`: what of it a device
 * does before its services start. No socket is opened; each waits for the end of its work, prints one JSON document and
 * tells the outcome by its exit code. What went wrong, how the device stands and what to do is one line on standard error.
 */
import {
  isMethodName,
  methods,
  UpdateError,
  type ErrorCode,
  type ErrorView,
  type TransactionResult,
} from '@pikit/protocol';
import { JOURNAL_FILE } from '../core/layout.ts';
import { plainMessage } from '../core/plain-text.ts';
import { adviceOn } from './advice.ts';
import { describeUnwished } from './ending.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { meantBy } from './params.ts';
import { withRoot } from './with-root.ts';

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

export function standardOutput(root: string): Output {
  return {
    result: (text) => process.stdout.write(text),
    complaint: (text) => process.stderr.write(withRoot(text, root)),
  };
}

const UNENDED =
  ' -> how far it came is kept, and the lines above say what stopped it: put that right, then pikit-agent --recover';

/** With these the device has nothing to do, or it is at something else. */
const BEFORE_ANYTHING: ReadonlySet<ErrorCode> = new Set(['busy', 'invalid-request']);

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
  output: Output,
): Promise<number> {
  const { print, printEnd, fail } = createPrinter(output);
  let stands = '';
  try {
    const document = parse(method, params);
    // What an earlier run left unfinished is ended first, as the daemon would; a read waits for no lock.
    if (isWrite(method)) await agent.recover();
    if (BEGINS.has(method)) stands = '; what runs was not touched';
    const result = await agent.dispatch(method, document, { surface: 'admin', by: 'foreground' });
    if (!BEGINS.has(method)) return print(result, EXIT.ok);
    stands = '';
    const ended = await agent.settled();
    if (ended === undefined) {
      throw new UpdateError('state-damaged', 'it could not be brought to an end', {
        details: { file: JOURNAL_FILE },
      });
    }
    return printEnd(ended, isAsWished(ended) ? EXIT.ok : EXIT.failed);
  } catch (thrown) {
    return fail(thrown, stands);
  }
}

/**
 * Ends what a crash or a power cut left unfinished. Prints the result of that transaction, or `{}` when there was nothing
 * to end. 0 also for an update that was undone: the device is whole again. 1 when it is not.
 */
export async function runRecovery(
  agent: Pick<ForegroundAgent, 'recover' | 'settled'>,
  output: Output,
): Promise<number> {
  const { print, printEnd, fail } = createPrinter(output);
  try {
    await agent.recover();
    const ended = await agent.settled();
    if (ended === undefined) return print({}, EXIT.ok);
    return printEnd(ended, ended.outcome === 'broken' ? EXIT.failed : EXIT.ok);
  } catch (thrown) {
    return fail(thrown);
  }
}

/** Prints what `mend` did, or `{}` when there was nothing to do. 0 also then: each target is whole. */
export async function runMending(
  mend: () => Promise<object | undefined>,
  output: Output,
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
  const complain = (text: string, stands: string, advice: string): void => {
    output.complaint(`pikit-agent: ${plainMessage(text)}${stands}${advice}\n`);
  };
  const printEnd = (ended: TransactionResult, code: number): number => {
    const { error } = ended;
    if (!isAsWished(ended))
      complain(describeUnwished(ended), '', error === null ? '' : adviceInForeground(error));
    return print(ended, code);
  };
  const refuse = (error: UpdateError, text: string, stands: string): number => {
    complain(text, stands, adviceInForeground(error));
    return print({ error: error.toView() }, exitCodeOf(error.code));
  };
  const fail = (thrown: unknown, stands = ''): number => {
    if (thrown instanceof UpdateError) {
      return refuse(thrown, thrown.message, BEFORE_ANYTHING.has(thrown.code) ? '' : stands);
    }
    // A bug of ours: the stack is for whoever reports it.
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    return refuse(new UpdateError('internal', text, { cause: thrown }), text, '');
  };
  return { print, printEnd, fail };
}

/** The log of who calls it so is on the same terminal, and not in the journal of the unit. */
export function adviceInForeground(error: ErrorView): string {
  if (error.code === 'internal') return '';
  const isUnended = error.code === 'state-damaged' && error.details['file'] === JOURNAL_FILE;
  return isUnended ? UNENDED : adviceOn(error);
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
