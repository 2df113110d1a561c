/** Asks on a terminal what nobody else shall read: nothing of the answer is shown, and none of it is kept for later. */
import { UpdateError } from '@pikit/protocol';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** The answers, one for each question. Throws `cancelled` on Ctrl-C, Ctrl-D and the end of the input. */
export function askHidden(
  { input, output }: Terminal,
  questions: readonly string[],
): Promise<readonly string[]> {
  const silent = new Writable({
    write(_chunk, _encoding, done) {
      done();
    },
  });
  // It switches the terminal's own echo off, and must have done so before the question is read.
  const lines = createInterface({ input, output: silent, terminal: true, historySize: 0 });
  const answers: string[] = [];
  const ask = (): void => {
    output.write(questions[answers.length] ?? '');
  };
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      answers.push(line);
      output.write('\n');
      if (answers.length === questions.length) lines.close();
      else ask();
    });
    lines.on('SIGINT', () => {
      lines.close();
    });
    lines.on('close', () => {
      if (answers.length === questions.length) resolve(answers);
      else reject(new UpdateError('cancelled', 'no answer was given'));
    });
    ask();
  });
}
