/**
 * Who would be started in this agent's place: the launcher that has started it is asked again, and systemd carries it out. It
 * decides nothing about versions; the launcher does.
 */
import { execFile } from 'node:child_process';
import { fstatSync, openSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Clock } from '../ports.ts';
import type { Succession } from '../system-ports.ts';
import { askSystemd, serviceFailure } from './systemd-programs.ts';

const UNIT = 'pikit-agent.service';
const ASK_TIMEOUT_MS = 10_000;
/** systemd may be busy with other jobs; ours ends at once when it is told to. */
const TAKE_OVER_TIMEOUT_MS = 60_000;

interface Needs {
  /** The launcher that has started this process; undefined where none has. */
  readonly launcher: string | undefined;
  /** The file of this program. */
  readonly program: string;
  readonly pid: number;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly takeOverTimeoutMs?: number;
  /** Default: this process's own. */
  readonly env?: NodeJS.ProcessEnv;
}

export function createSuccession({
  launcher,
  program,
  pid,
  clock,
  takeOverTimeoutMs = TAKE_OVER_TIMEOUT_MS,
  env,
}: Needs): Succession {
  // Held from the start to the end: an upgrade of the package puts another file under the same name.
  const own = launcher === undefined ? undefined : openSync(program, 'r');

  const systemctl = (...args: readonly string[]) =>
    askSystemd('systemctl', args, { timeoutMs: ASK_TIMEOUT_MS, env });

  return {
    async find() {
      if (launcher === undefined || own === undefined) return undefined;
      try {
        const options = { timeout: ASK_TIMEOUT_MS, encoding: 'utf8' } as const;
        const { stdout } = await promisify(execFile)(launcher, ['--which', 'agent'], options);
        const other = stdout.trimEnd();
        return (await readFile(other)).equals(contentOf(own)) ? undefined : other;
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : '';
        throw serviceFailure(UNIT, 'find the successor of', { reason, cause });
      }
    },
    async canHandOver() {
      const answer = await systemctl('show', '--property', 'MainPID', '--value', '--', UNIT);
      return answer.exit === 0 && answer.stdout.trim() === String(pid);
    },
    async handOver() {
      const answer = await systemctl('restart', '--no-block', '--', UNIT);
      if (answer.exit !== 0) throw serviceFailure(UNIT, 'restart', answer);
      await clock.sleep(takeOverTimeoutMs, new AbortController().signal);
      const reason = `nothing has happened within ${takeOverTimeoutMs / 1000} s`;
      throw serviceFailure(UNIT, 'restart', { reason });
    },
  };
}

/** From the beginning, whatever was read of it before. */
function contentOf(file: number): Buffer {
  const content = Buffer.alloc(fstatSync(file).size);
  readSync(file, content, 0, content.length, 0);
  return content;
}
