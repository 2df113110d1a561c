/** What goes wrong on the way to a server becomes a code here and nowhere else. */
import { UpdateError } from '@pikit/protocol';
import { errnoOf } from './disk-failure.ts';

/** Nothing answered. */
const OFFLINE = new Set([
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENODATA',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** No release of this software is older; a device that believes so has lost its clock. */
const OLDEST_BELIEVABLE = '2026-01-01';
const LATEST_BELIEVABLE = '2076-01-01';

/** Without credentials, query and fragment: what may stand in a log. */
export function shownUrl(url: string): string {
  try {
    const { origin, pathname } = new URL(url);
    return origin + pathname;
  } catch {
    // because an address that is none may contain anything
    return 'an invalid address';
  }
}

/** The errno, TLS or parser code at the root of a library's error. */
function codeOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = errnoOf(at);
    if (code !== undefined && !code.startsWith('ERR_GOT')) return code;
    if (at instanceof AggregateError && at.errors.length > 0) return codeOf(at.errors[0]);
  }
  return undefined;
}

function failure(
  code: 'offline' | 'clock-wrong' | 'source-invalid' | 'download-failed',
  url: string,
  reason: string,
  cause: unknown,
): UpdateError {
  const shown = shownUrl(url);
  return new UpdateError(code, `${shown}: ${reason}`, { cause, details: { url: shown, reason } });
}

/** Before an answer began. `now` is this device's date, ISO 8601. */
export function openFailure(error: unknown, url: string, now: string): UpdateError {
  if (error instanceof UpdateError) return error;
  const code = codeOf(error) ?? 'unknown';
  if (OFFLINE.has(code)) return failure('offline', url, code, error);
  // A battery-less clock stands in the past after a power cut, so "not yet valid" is its fault, not the server's.
  const lost = now < OLDEST_BELIEVABLE || now > LATEST_BELIEVABLE;
  if (code === 'CERT_NOT_YET_VALID' || (code === 'CERT_HAS_EXPIRED' && lost)) {
    return failure('clock-wrong', url, code, error);
  }
  // The rest answered, but not as a release server does: a foreign certificate, no TLS, no HTTP.
  return failure('source-invalid', url, code, error);
}

/** In the middle of a body. */
export function bodyFailure(error: unknown, url: string): UpdateError {
  if (error instanceof UpdateError) return error;
  return failure('download-failed', url, codeOf(error) ?? 'broke off', error);
}

const TOO_SLOW = 'too slow';

/** It answers, but so slowly that nobody could wait for the end. */
export function creepFailure(url: string): UpdateError {
  return failure('download-failed', url, TOO_SLOW, undefined);
}

/** What such a try brought is kept, but it was none of those that get on. */
export function isCreepFailure({ details }: UpdateError): boolean {
  return details['reason'] === TOO_SLOW;
}

export function statusFailure(url: string, status: number): UpdateError {
  const shown = shownUrl(url);
  return new UpdateError('source-refused', `${shown} answered ${status}`, {
    details: { url: shown, status },
  });
}

/** Whether the same request may succeed a little later. */
export function isPassingStatus(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}
