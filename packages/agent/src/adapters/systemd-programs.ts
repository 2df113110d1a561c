/**
 * systemd's own programs, run without a shell, bounded in time and output. What they are asked, and what their answers
 * mean, is their callers' business.
 */
import { UpdateError } from '@pikit/protocol';
import { execFile } from 'node:child_process';
import { errnoOf } from './disk-failure.ts';

const MAX_OUTPUT_BYTES = 64 * 1024;
const MAX_REASON_LENGTH = 300;
/** Not always its last word: systemctl of Debian 13 goes on about a host that is down. */
const NOT_BOOTED = 'not been booted with systemd';

/** Nobody is there to answer or to turn pages. */
const ALWAYS = {
  systemctl: ['--no-ask-password', '--no-pager'],
  'systemd-run': ['--no-ask-password', '--quiet'],
  journalctl: ['--no-pager', '--quiet'],
} as const;

export interface Answer {
  /** `null` when the program could not be run to its end. */
  readonly exit: number | null;
  readonly stdout: string;
  /** What it complained about, one line; empty when all went well. */
  readonly reason: string;
  /** There is no systemd to ask: no such program, or it says itself that the device was booted without. */
  readonly without: boolean;
  readonly cause: unknown;
}

interface Bounds {
  readonly timeoutMs: number;
  /** Default: this process's own. */
  readonly env: NodeJS.ProcessEnv | undefined;
}

function lastLine(text: string): string {
  return (text.trim().split('\n').at(-1) ?? '').slice(0, MAX_REASON_LENGTH);
}

/** `service-failed` with `unit`, `action` and `reason`. */
export function serviceFailure(
  unit: string,
  action: string,
  { reason, cause }: { readonly reason: string; readonly cause?: unknown },
): UpdateError {
  return new UpdateError('service-failed', `cannot ${action} ${unit}: ${reason}`, {
    cause,
    details: { unit, action, reason },
  });
}

/** Never rejects. */
export function askSystemd(
  program: keyof typeof ALWAYS,
  args: readonly string[],
  { timeoutMs, env = process.env }: Bounds,
): Promise<Answer> {
  const options = {
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: MAX_OUTPUT_BYTES,
    // Their messages are recognised by callers, so they must not be translated.
    env: { ...env, LC_ALL: 'C', SYSTEMD_COLORS: '0' },
  } as const;
  const words = [...ALWAYS[program], ...args];
  return new Promise<Answer>((resolve) => {
    execFile(program, words, options, (error, stdout, stderr) => {
      if (error === null) {
        resolve({ exit: 0, stdout, reason: '', without: false, cause: undefined });
        return;
      }
      const missing = errnoOf(error) === 'ENOENT';
      const reason = missing
        ? `this device has no ${program}`
        : error.killed === true
          ? `no answer within ${timeoutMs / 1000} s`
          : lastLine(stderr) || error.message.slice(0, MAX_REASON_LENGTH);
      const exit = typeof error.code === 'number' ? error.code : null;
      const without = missing || stderr.includes(NOT_BOOTED);
      resolve({ exit, stdout, reason, without, cause: error });
    });
  }).catch(notStarted);
}

/** Some refusals of the system, such as no memory for a process, Node throws instead of handing them to the callback. */
function notStarted(cause: unknown): Answer {
  const reason = cause instanceof Error ? cause.message.slice(0, MAX_REASON_LENGTH) : String(cause);
  return { exit: null, stdout: '', reason, without: false, cause };
}
