/** `pikit-release` as a maintainer starts it: the built program, run to its end. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from './repository-root.ts';

export const RELEASE_PROGRAM = join(repositoryRoot(), 'deploy/release/dist/pikit-release.mjs');

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function runRelease(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const env = { ...process.env, ...environment };
  return new Promise((resolve) => {
    const all = [RELEASE_PROGRAM, ...args];
    const child = execFile(process.execPath, all, { env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}
