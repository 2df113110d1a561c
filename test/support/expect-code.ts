/** Failure tests assert the code, never the words: this is how. */
import { UpdateError, type ErrorCode } from '@pikit/protocol';
import { expect } from 'vitest';

/**
 * Passes when the work ends in an `UpdateError` with this code, and returns the error so that a test can look at its
 * details. Anything else that was thrown is shown as the cause.
 */
export async function expectCode(
  work: Promise<unknown> | (() => unknown),
  code: ErrorCode,
): Promise<UpdateError> {
  const error = await rejectionOf(work);
  if (!(error instanceof UpdateError)) {
    throw new Error(`expected an UpdateError with code ${code}, got ${String(error)}`, {
      cause: error,
    });
  }
  expect({ code: error.code, message: error.message }).toEqual({ code, message: error.message });
  return error;
}

const NOTHING = 'no error at all';

async function rejectionOf(work: Promise<unknown> | (() => unknown)): Promise<unknown> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    return error;
  }
  return NOTHING;
}
