/**
 * Runs the bundled agent with every call that changes a directory counted, and one of them the last or failing
 * (`shim/disk-calls.c`). Needs gcc, no root. What the calls were is read back from the shim's own record.
 */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../support/repository-root.ts';

/** Far more than the longest run takes on a busy machine. */
const LONGEST_RUN_MS = 60_000;

export type Errno = 'ENOSPC' | 'EDQUOT' | 'EIO' | 'EROFS';

export type Order =
  | { readonly act: 'kill-before' | 'kill-after' | 'torn' | 'short'; readonly at: number }
  | { readonly act: 'fail' | 'fail-on'; readonly at: number; readonly errno: Errno };

export interface Call {
  readonly name: string;
  /** Below the directory, with a leading slash. */
  readonly path: string;
  readonly outcome: 'ok' | 'killed' | 'failed';
}

export interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Empty without the shim. */
  readonly calls: readonly Call[];
}

/** Why these tests cannot run here, or undefined. */
export function missingCompiler(): string | undefined {
  if (process.platform !== 'linux') return 'LD_PRELOAD is needed';
  return spawnSync('gcc', ['--version']).status === 0 ? undefined : 'gcc is not there';
}

/** Resolves with the path of the shared object. */
export async function compileShim(directory: string): Promise<string> {
  const source = join(repositoryRoot(), 'test/crash/shim/disk-calls.c');
  const object = join(directory, 'disk-calls.so');
  const flags = ['-O2', '-Wall', '-Wextra', '-shared', '-fPIC', '-pthread'];
  await promisify(execFile)('gcc', [...flags, '-o', object, source]);
  return object;
}

export function textOf(order: Order): string {
  const errno = 'errno' in order ? ` ${order.errno}` : '';
  return `${order.act} ${String(order.at)}${errno}`;
}

const WRITES: readonly string[] = ['write', 'pwrite64', 'writev', 'pwritev64'];
const SYNCS: readonly string[] = ['fsync', 'fdatasync'];
/** Calls that make a name; a rename may as well replace one, then the shim lets it pass. */
const MAKES: readonly string[] = ['open', 'mkdir', 'symlink', 'link', 'rename'];

export const isWrite = ({ name }: Call): boolean => WRITES.includes(name);
export const isSync = ({ name }: Call): boolean => SYNCS.includes(name);
/** Whether a full disk can refuse it. */
export const needsRoom = (call: Call): boolean => isWrite(call) || MAKES.includes(call.name);

interface Preload {
  readonly shim: string;
  /** The directory whose changes count. */
  readonly tree: string;
  /** Without one the calls are only counted. */
  readonly order?: Order | undefined;
}

/** Runs this same Node to its end; one that does not end is killed, and its `signal` says so. */
export async function runNode(args: readonly string[], preload?: Preload): Promise<Run> {
  const log = preload && `${preload.tree}.calls`;
  if (log !== undefined) await rm(log, { force: true });
  const program = spawn(process.execPath, args, {
    env: { ...process.env, ...(preload && environment(preload)) },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_RUN_MS,
  });
  const said = { stdout: '', stderr: '' };
  program.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  program.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  await once(program, 'close');
  const { exitCode: code, signalCode: signal } = program;
  const calls = log === undefined || !existsSync(log) ? [] : parse(await readFile(log, 'utf8'));
  return { code, signal, ...said, calls };
}

function environment({ shim, tree, order }: Preload): NodeJS.ProcessEnv {
  const errno = order !== undefined && 'errno' in order ? constants.errno[order.errno] : 0;
  return {
    LD_PRELOAD: shim,
    PIKIT_SHIM_TREE: tree,
    PIKIT_SHIM_LOG: `${tree}.calls`,
    ...(order && { PIKIT_SHIM_DO: `${order.act} ${String(order.at)} ${String(errno)}` }),
    UV_USE_IO_URING: '0',
  };
}

function parse(log: string): readonly Call[] {
  return log
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, name = '', path = '', outcome] = line.split('\t');
      return { name, path, outcome: outcome === 'ok' || outcome === 'killed' ? outcome : 'failed' };
    });
}
