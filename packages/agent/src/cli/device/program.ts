/** Runs another program of the device to its end, within a bound, and never throws: what it said is the finding. */
import { execFile } from 'node:child_process';

export interface Ended {
  /** 0 for well; undefined when it could not be started or had to be ended. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;

export function runProgram(
  program: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { timeout: timeoutMs, maxBuffer: MAX_OUTPUT_BYTES };
    execFile(program, [...args], options, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ code: error.code, stdout, stderr });
      else resolve({ code: undefined, stdout, stderr: stderr === '' ? reason(error) : stderr });
    });
  });
}

function reason(error: { readonly killed?: boolean; readonly message: string }): string {
  return error.killed === true ? 'it did not end in time' : error.message;
}
