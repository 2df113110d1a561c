/** A new password from standard input: it must not stand in the process list, where arguments do, nor on the screen. */
import { UpdateError } from '@pikit/protocol';
import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** The first line without its break; empty at the end of the input. A person is asked twice: `invalid-request` where the two differ. */
export async function readPassword(): Promise<string> {
  const input = process.stdin;
  const lines = createInterface({ input, crlfDelay: Infinity, ...(input.isTTY ? unseen() : {}) });
  try {
    return await (input.isTTY ? askTwice(lines) : nextOf(lines[Symbol.asyncIterator]()));
  } finally {
    lines.close();
  }
}

/** Readline's own echo takes the place of the terminal's, and goes nowhere. */
function unseen() {
  const output = new Writable({
    write(_chunk, _encoding, done) {
      done();
    },
  });
  return { output, terminal: true, historySize: 0 };
}

async function askTwice(lines: Interface): Promise<string> {
  const answers = lines[Symbol.asyncIterator]();
  const ask = async (question: string): Promise<string> => {
    process.stderr.write(question);
    const answer = await nextOf(answers);
    process.stderr.write('\n');
    return answer;
  };
  const password = await ask('New password: ');
  if (password === (await ask('Once more: '))) return password;
  throw new UpdateError('invalid-request', 'the two passwords differ');
}

async function nextOf(answers: AsyncIterator<string, undefined>): Promise<string> {
  const { value } = await answers.next();
  return value ?? '';
}
