/**
 * A booted Debian of a test's own: a copy of a root in systemd-nspawn, without network, its systemd as pid 1. Nothing of it
 * outlives `remove`.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeTempDir } from '../../support/temp-dir.ts';
import { waitFor } from '../../support/wait-for.ts';
import { debianRoot, type Debian } from './debian-root.ts';

/** A disk: a filesystem in memory may not honour set-uid bits. */
const PLACE = '/var/tmp';
const BOOT_TIMEOUT_MS = 120_000;
const CALL_TIMEOUT_MS = 120_000;
const KEPT_OUTPUT = 16 * 1024;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Machine {
  /** Its files, seen from here: may be written before it is booted, and while it runs. */
  readonly root: string;
  readonly boot: () => Promise<void>;
  /** Runs a program inside, as root, with little of an environment. Rejects only when the machine does not run. */
  readonly run: (program: string, ...args: readonly string[]) => Promise<Ended>;
  /** The same, rejecting with what it said unless it exits with 0. Resolves with its standard output, trimmed. */
  readonly must: (program: string, ...args: readonly string[]) => Promise<string>;
  /** Starts a program inside and does not wait; `kill` ends it at once. */
  readonly start: (program: string, ...args: readonly string[]) => { kill: () => Promise<void> };
  /** All processes at once, as in a power cut; it may be booted again. */
  readonly cut: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** With keyrings: what the sandbox of a service denies has to be possible outside of it. */
const BOOT =
  '--boot --quiet --register=no --keep-unit --private-network --link-journal=no --resolv-conf=off --timezone=off --console=pipe --system-call-filter=@keyring';
/** The Node of this test, so that Debian 12 has one that is new enough; not where Debian's own was asked for. */
const NODE = `--bind-ro=${process.execPath}:/usr/bin/node`;
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin', LANG: 'C.UTF-8' };

/** Not booted yet. */
export async function createMachine(debian: Debian): Promise<Machine> {
  const source = await debianRoot(debian);
  const home = await makeTempDir(PLACE);
  const root = join(home.path, 'root');
  await promisify(execFile)('cp', ['-a', '--reflink=auto', source, root]);

  let container: ChildProcess | undefined;
  let console = '';
  const inside = (program: string, args: readonly string[]): string[] => {
    const leader = container && onlyChildOf(container);
    if (leader === undefined) throw new Error(`the machine does not run: ${console}`);
    return ['-t', String(leader), '-a', '--', program, ...args];
  };
  const run: Machine['run'] = (program, ...args) => {
    const options = { env: ENVIRONMENT, timeout: CALL_TIMEOUT_MS, killSignal: 'SIGKILL' } as const;
    return new Promise((resolve) => {
      execFile('nsenter', inside(program, args), options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
        resolve({ code, stdout, stderr });
      });
    });
  };
  const keep = (text: string): void => {
    console = (console + text).slice(-KEPT_OUTPUT);
  };
  const isUp = async (): Promise<boolean> =>
    /^(running|degraded)/.test((await run('systemctl', 'is-system-running')).stdout);
  const cut: Machine['cut'] = async () => {
    if (container === undefined) return;
    const leader = onlyChildOf(container);
    const gone = hasEnded(container) ? undefined : once(container, 'exit');
    // Pid 1 takes all others with it, and nspawn ends when it is gone.
    if (leader === undefined) container.kill('SIGKILL');
    else process.kill(leader, 'SIGKILL');
    await gone;
    container = undefined;
  };
  return {
    root,
    run,
    cut,
    async boot() {
      container = startContainer(root, debian.packages.includes('nodejs') ? [] : [NODE], keep);
      await waitFor('the machine to be up', isUp, { timeoutMs: BOOT_TIMEOUT_MS, everyMs: 200 });
    },
    async must(program, ...args) {
      const { code, stdout, stderr } = await run(program, ...args);
      if (code === 0) return stdout.trim();
      throw new Error(`${program} ${args.join(' ')}: ${String(code)}: ${stdout}${stderr}`);
    },
    start(program, ...args) {
      const child = spawn('nsenter', inside(program, args), { env: ENVIRONMENT, stdio: 'ignore' });
      const gone = once(child, 'exit');
      return {
        async kill() {
          // To enter other process ids nsenter has to have a child, which would outlive it.
          const program = onlyChildOf(child);
          if (program !== undefined) process.kill(program, 'SIGKILL');
          await gone;
        },
      };
    },
    async remove() {
      await cut();
      await home.remove();
    },
  };
}

function startContainer(
  root: string,
  binds: readonly string[],
  keep: (text: string) => void,
): ChildProcess {
  const nspawn = spawn('systemd-nspawn', ['-D', root, ...BOOT.split(' '), ...binds], {
    env: { ...process.env, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  nspawn.stdout.setEncoding('utf8').on('data', keep);
  nspawn.stderr.setEncoding('utf8').on('data', keep);
  return nspawn;
}

/** Of nspawn that is pid 1 of the machine. Undefined before it is there, and after. */
function onlyChildOf(parent: ChildProcess): number | undefined {
  const { pid } = parent;
  if (pid === undefined || hasEnded(parent)) return undefined;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children === '' ? undefined : Number.parseInt(children, 10);
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
