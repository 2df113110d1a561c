/** Programs of the system that a bench starts: whether they are there, and running one to its end. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export function hasProgram(name: string): boolean {
  const places = (process.env['PATH'] ?? '').split(delimiter);
  return places.some((place) => existsSync(join(place, name)));
}

/** Which of them this machine lacks, as a sentence; undefined when none. */
export function reasonAgainst(programs: readonly string[]): string | undefined {
  const missing = programs.filter((program) => !hasProgram(program));
  return missing.length === 0 ? undefined : `${missing.join(' and ')} not installed`;
}

/** Rejects with what it complained about. Resolves with its stdout. */
export function run(
  program: string,
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: NodeJS.ProcessEnv;
    readonly timeout?: number;
  } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { ...options, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program}: ${stderr.trim() || error.message}`, { cause: error }));
    });
  });
}
