/** What goes wrong on the way to a server becomes a code here and nowhere else. */
import { UpdateError, type ErrorCode } from '@pikit/protocol';
import { errnoOf } from './disk-failure.ts';
import type { HttpAnswer } from './http.ts';

/** Nothing answered. */
const OFFLINE = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
]);

/** No address for the name. */
const NO_NAME = /^(EAI_.*|ENODATA|ENOTFOUND)$/;

/** What TLS has against a certificate, in the words of OpenSSL and Node. */
const CERTIFICATE = /CERT|^UNABLE_TO_|^INVALID_(CA|PURPOSE)$|^PATH_LENGTH_EXCEEDED$|^HOSTNAME_/;

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

function failure(code: ErrorCode, url: string, reason: string, cause: unknown): UpdateError {
  const shown = shownUrl(url);
  return new UpdateError(code, `${shown}: ${reason}`, { cause, details: { url: shown, reason } });
}

/** What was thrown further in, behind the errors of a library. */
function ownOf(error: unknown): UpdateError | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof UpdateError) return at;
  }
  return undefined;
}

/** Before an answer began. `now` is this device's date, ISO 8601. */
export function openFailure(error: unknown, url: string, now: string): UpdateError {
  const own = ownOf(error);
  if (own !== undefined) return own;
  const code = codeOf(error) ?? 'unknown';
  if (NO_NAME.test(code)) return failure('dns-failed', url, code, error);
  if (OFFLINE.has(code)) return failure('offline', url, code, error);
  // A battery-less clock stands in the past after a power cut, so "not yet valid" is its fault, not the server's.
  const lost = now < OLDEST_BELIEVABLE || now > LATEST_BELIEVABLE;
  if (code === 'CERT_NOT_YET_VALID' || (code === 'CERT_HAS_EXPIRED' && lost)) {
    return failure('clock-wrong', url, code, error);
  }
  if (CERTIFICATE.test(code)) return failure('certificate-refused', url, code, error);
  // The rest answered, but not as a release server does: no TLS, no HTTP.
  return failure('source-invalid', url, code, error);
}

/** Whether nobody answered. */
export function isUnreached({ code }: UpdateError): boolean {
  return code === 'offline' || code === 'dns-failed';
}

/** Whether what kept an answer from beginning, or broke it off, may be over at the next try. */
export function mayPass(error: unknown): error is UpdateError {
  if (!(error instanceof UpdateError)) return false;
  if (error.code === 'proxy-failed') return error.details['status'] === undefined;
  return error.code === 'download-failed' || isUnreached(error);
}

/** Asked for a way through, or asked to ask for us. `proxy` is shown, so it comes without its user. */
export function proxyFailure(proxy: string, reason: string, cause?: unknown): UpdateError {
  const shown = shownUrl(proxy);
  return new UpdateError('proxy-failed', `the proxy ${shown}: ${reason}`, {
    cause,
    details: { proxy: shown, reason },
  });
}

/** Whether nobody answered at all: then it is the way to whoever was asked that is broken. */
export function isUnanswered(error: unknown): string | undefined {
  const code = codeOf(error) ?? '';
  return OFFLINE.has(code) || NO_NAME.test(code) ? code : undefined;
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

/** What a status means that somebody must act on in another way than on a refusal. */
const MEANINGS: ReadonlyMap<number, ErrorCode> = new Map([
  [407, 'proxy-failed'],
  [429, 'source-limited'],
  [511, 'captive-portal'],
]);

export function statusFailure(url: string, status: number): UpdateError {
  const shown = shownUrl(url);
  const code = MEANINGS.get(status) ?? 'source-refused';
  return new UpdateError(code, `${shown} answered ${status}`, { details: { url: shown, status } });
}

/** The server wants to be left alone. Both times are ISO 8601. */
export function limitedFailure(url: string, until: string, now: string): UpdateError {
  const shown = new URL(url).origin;
  const retryAfterSeconds = Math.ceil((Date.parse(until) - Date.parse(now)) / 1000);
  return new UpdateError('source-limited', `${shown} wants no request before ${until}`, {
    details: { url: shown, until, retryAfterSeconds },
  });
}

/**
 * A web page in the place of what was asked for: the server's own page to sign in where it has sent us there itself, else
 * somebody else's.
 */
export function pageFailure(
  url: string,
  { status, redirected, from }: Pick<HttpAnswer, 'status' | 'redirected' | 'from'>,
): UpdateError {
  const shown = shownUrl(url);
  const isOwn = new URL(from).origin === new URL(url).origin;
  if (redirected && isOwn) return statusFailure(url, status);
  const reason = isOwn ? 'a web page' : `sent to ${new URL(from).origin}`;
  return new UpdateError('captive-portal', `${shown}: ${reason}`, {
    details: { url: shown, reason },
  });
}

/** Whether the same request may succeed a little later. */
export function isPassingStatus(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 511);
}
