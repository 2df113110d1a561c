/** A release in one file, made by the `tar` program as the documentation tells a maintainer without our tools. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** `dir` holds what a release publishes. */
export async function tarRelease(dir: string, to: string): Promise<void> {
  await run('tar', ['-cf', to, '-C', dir, '.']);
}
