/**
 * What becomes of the words of a program whose work must not end with whoever reads them: what could not be written is told at the
 * end, by the exit code. It writes nothing else.
 */
import type { Writable } from 'node:stream';
import { EXIT } from './exit-codes.ts';

interface Outputs {
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** Called once, before the first word. What it gives takes the exit code that is due and resolves with the one to end with. */
export function mindOutputs(
  program: string,
  { stdout, stderr }: Outputs = process,
): (code: number) => Promise<number> {
  let lost: string | undefined;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough, such as `head`, has lost nothing.
    if (error.code !== 'EPIPE') lost ??= error.code ?? error.message;
  });
  // because nobody is left who could be told
  stderr.on('error', () => undefined);
  return async (code) => {
    // The system has refused at once, and Node tells it a moment later.
    await new Promise((resolve) => setImmediate(resolve));
    if (lost === undefined) return code;
    stderr.write(`${program}: stdout: ${lost}: what was to be said is lost\n`);
    return code === EXIT.ok ? EXIT.failed : code;
  };
}
