/** The agent's own program, run in the foreground: the hands of rescue, which has no power of its own. */
import { TransactionResultSchema, ErrorViewSchema, StatusSchema } from '@pikit/protocol';
import type { ErrorView, Status, TransactionResult } from '@pikit/protocol';
import * as v from 'valibot';
import { withoutAdvice } from '../advice.ts';
import { runProgram } from '../device/program.ts';

export interface ForegroundAgent {
  /** Undefined when the configuration is good. */
  readonly configFault: () => Promise<string | undefined>;
  /** Of the updater's lock; undefined when nobody holds it, or nobody can tell. */
  readonly lockHolder: () => Promise<number | undefined>;
  readonly recover: () => Promise<Work>;
  readonly rollBack: () => Promise<Work>;
  readonly repair: () => Promise<Work>;
  /** How many installed files are damaged; undefined when that cannot be told. */
  readonly countDamage: () => Promise<number | undefined>;
  readonly status: () => Promise<Status | undefined>;
}

export type Work =
  | { readonly kind: 'ended'; readonly result: TransactionResult }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly error: ErrorView };

const SHORT_MS = 60_000;
/** Downloads over a slow line, and a medium that is read as a whole. */
const LONG_MS = 4 * 60 * 60 * 1000;

const HolderSchema = v.object({ lock: v.nullable(v.object({ pid: v.number() })) });

export function createForegroundAgent(program: string, root: string): ForegroundAgent {
  const run = (args: readonly string[], timeoutMs: number) =>
    runProgram(process.execPath, [program, '--root', root, ...args], timeoutMs);
  const work = async (args: readonly string[]): Promise<Work> => {
    const { stdout, stderr } = await run(args, LONG_MS);
    return toWork(stdout, stderr);
  };
  const told = async <S extends v.GenericSchema>(method: string, schema: S, timeoutMs: number) => {
    const { stdout } = await run(['--run', method], timeoutMs);
    const parsed = v.safeParse(schema, parseJson(stdout));
    return parsed.success ? parsed.output : undefined;
  };
  return {
    configFault: async () => {
      const { code, stderr } = await run(['--check-config'], SHORT_MS);
      return code === 0 ? undefined : withoutAdvice(stderr.trim().replace(/^pikit-agent: /, ''));
    },
    lockHolder: async () =>
      (await told('agent.inspect', HolderSchema, SHORT_MS))?.lock?.pid ?? undefined,
    recover: () => work(['--recover']),
    rollBack: () => work(['--run', 'update.rollback']),
    repair: () => work(['--run', 'update.repair']),
    countDamage: async () =>
      (await told('update.verify', StatusSchema, LONG_MS))?.drift?.damaged ?? undefined,
    status: () => told('update.status', StatusSchema, SHORT_MS),
  };
}

/** Its last line is one document: of a transaction, of an error, or `{}`. */
function toWork(stdout: string, stderr: string): Work {
  const document = parseJson(stdout);
  const ended = v.safeParse(TransactionResultSchema, document);
  if (ended.success) return { kind: 'ended', result: ended.output };
  const refused = v.safeParse(v.object({ error: ErrorViewSchema }), document);
  if (refused.success) return { kind: 'refused', error: refused.output.error };
  if (v.is(v.strictObject({}), document)) return { kind: 'nothing' };
  const reason = withoutAdvice(stderr.trim().split('\n').at(-1) ?? '');
  return { kind: 'refused', error: { code: 'internal', details: { reason } } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.trim().split('\n').at(-1) ?? '');
  } catch {
    // because a program that was killed has said nothing
    return undefined;
  }
}
