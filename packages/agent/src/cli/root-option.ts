/** What `--root` says, for every program that has it. It looks at no disk. */
import { UpdateError } from '@pikit/protocol';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** Absolute. Throws `invalid-request` for an empty one: a shell makes that of a variable without a value, and it could mean any directory. */
export function rootOf(said: string): string {
  if (said !== '') return resolve(said);
  throw new UpdateError('invalid-request', '--root names no directory; see --help');
}

/** For who has to say that the arguments are wrong: `/` where they name none. */
export function rootIn(argv: readonly string[]): string {
  const { values } = parseArgs({
    args: [...argv],
    options: { root: { type: 'string' } },
    strict: false,
    allowPositionals: true,
  });
  return typeof values.root === 'string' ? resolve(values.root || '/') : '/';
}
