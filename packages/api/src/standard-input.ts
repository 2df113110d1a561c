/** One line from standard input: a password must not stand in the process list, where arguments do. */
import { createInterface } from 'node:readline/promises';

/** Without its line break; empty at the end of the input. The question is shown only to a terminal. */
export async function readLine(question: string): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
  }
}
