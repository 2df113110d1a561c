/** The answer to a method as an operator reads it. Scripts use `--json` and never meet these words. */
import type { MethodName, Result } from '@pikit/protocol';
import {
  describeAudit,
  describeFinding,
  describeHistory,
  describeInstall,
  describeLog,
  describeStatus,
} from './print.ts';

const begun = ({ transaction }: { readonly transaction: string }): string =>
  `begun: ${transaction}; it goes on by itself, and pikit-rpc watch follows it`;

const WORDS: { readonly [M in MethodName]?: (result: Result<M>) => string } = {
  'update.status': describeStatus,
  'update.check': (status) => [describeFinding(status), ...describeInstall(status)].join('\n'),
  'update.skip': describeStatus,
  'update.verify': describeAudit,
  'update.apply': begun,
  'update.downgrade': begun,
  'update.import': begun,
  'update.rollback': begun,
  'update.repair': begun,
  'update.history': describeHistory,
  'update.log': describeLog,
};

/** `result` must have passed the method's schema. */
export function describeAnswer(method: MethodName, result: object): string {
  // TypeScript cannot follow through the table that the words are those of just this method.
  const words = WORDS[method] as ((result: object) => string) | undefined;
  return words === undefined ? JSON.stringify(result, undefined, 2) : words(result);
}
