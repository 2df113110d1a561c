/** Every command, in the order of a release's life. */
import type { Command } from '../command.ts';
import { exportRelease } from './export.ts';
import { inspect } from './inspect.ts';
import { keygen } from './keygen.ts';
import { pack } from './pack.ts';
import { publish } from './publish.ts';
import { reindex } from './reindex.ts';
import { sign } from './sign.ts';
import { verify } from './verify.ts';

export const COMMANDS: readonly Command[] = [
  keygen,
  pack,
  sign,
  verify,
  publish,
  reindex,
  exportRelease,
  inspect,
];
