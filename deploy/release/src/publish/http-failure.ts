/** What goes wrong on the way to a server that publishes, as a code. Addresses are shown without query and credentials. */
import { UpdateError, type ErrorCode } from '@pikit/protocol';

/** Nothing answered, or the line broke. */
const OFFLINE = /^(EAI_|ECONN|EHOST|ENET|ENOTFOUND$|EPIPE$|ETIMEDOUT$|ERR_STREAM_PREMATURE_CLOSE$)/;

/** Of those that a person meets, and can do something about. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the server hung up',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'there is no network',
  ENOTFOUND: 'nobody knows this name',
  EAI_AGAIN: 'the name service does not answer',
  ETIMEDOUT: 'nobody answers there',
};

function inWords(code: string): string {
  const words = WORDS[code];
  return words === undefined ? code : `${words} (${code})`;
}

export function shownUrl(url: string): string {
  if (!URL.canParse(url)) return 'an invalid address';
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

export function failure(
  code: ErrorCode,
  url: string,
  reason: string,
  cause?: unknown,
): UpdateError {
  const shown = shownUrl(url);
  return new UpdateError(code, `${shown}: ${reason}`, { cause, details: { url: shown, reason } });
}

/** Before the answer began. */
export function openFailure(error: unknown, url: string): UpdateError {
  if (error instanceof UpdateError) return error;
  const code = codeOf(error) ?? 'no answer';
  return failure(OFFLINE.test(code) ? 'offline' : 'source-invalid', url, inWords(code), error);
}

/** In the middle of it. */
export function bodyFailure(error: unknown, url: string): UpdateError {
  if (error instanceof UpdateError) return error;
  return failure('download-failed', url, codeOf(error) ?? 'broke off', error);
}

/** `said` is the server's own explanation, if it gave one. */
export function statusFailure(url: string, status: number, said: string): UpdateError {
  const shown = shownUrl(url);
  const reason = said === '' ? {} : { reason: said };
  return new UpdateError(
    'source-refused',
    `${shown} answered ${String(status)}${said === '' ? '' : `: ${said}`}`,
    { details: { url: shown, status, ...reason } },
  );
}

/** Whether the same may succeed a little later. */
export function isPassing(error: unknown): error is UpdateError {
  if (!(error instanceof UpdateError)) return false;
  if (error.code === 'offline' || error.code === 'download-failed') return true;
  const status = Number(error.details['status']);
  return error.code === 'source-refused' && ([408, 425, 429].includes(status) || status >= 500);
}

function codeOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    if (at instanceof AggregateError && at.errors.length > 0) return codeOf(at.errors[0]);
  }
  return undefined;
}
