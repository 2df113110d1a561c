/** What a program of ours says of an error that ended it. */
import { UpdateError } from '@pikit/protocol';
import { wrongOption } from '../core/wrong-option.ts';

/** A mistake in the arguments is the caller's; anything else that is not an `UpdateError` is a bug of ours, with its stack. */
export function toFailure(thrown: unknown): UpdateError {
  if (thrown instanceof UpdateError) return thrown;
  if (!(thrown instanceof Error)) return new UpdateError('internal', String(thrown));
  const isUsage = 'code' in thrown && String(thrown.code).startsWith('ERR_PARSE_ARGS_');
  return isUsage
    ? new UpdateError('invalid-request', wrongOption(thrown.message), { cause: thrown })
    : new UpdateError('internal', thrown.stack ?? thrown.message, { cause: thrown });
}
