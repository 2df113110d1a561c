/** A program of the system that a test needs to be there for a while, and that says something when it is ready. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Program {
  readonly output: () => string;
  /** Resolves when it is gone; idempotent. */
  readonly stop: () => Promise<void>;
}

/** Of its own process group, as browsers have children that would outlive them. */
export function startProgram(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Program {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (text: string) => void (output += text);
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const ended = once(child, 'exit');
  return {
    output: () => output,
    async stop() {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        process.kill(-child.pid, 'SIGKILL');
      }
      await ended;
    },
  };
}
