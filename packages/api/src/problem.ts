/**
 * Where an error code becomes HTTP: one status for each code of the closed list, and one shape for every refusal
 * (RFC 9457). Sentences for people belong to the UI; messages of errors stay in the log.
 */
import { UpdateError, type ErrorCode } from '@pikit/protocol';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ApiContext } from './request.ts';

/** A code without a status does not compile. */
export const STATUS_OF: Readonly<Record<ErrorCode, ContentfulStatusCode>> = {
  offline: 503,
  'dns-failed': 503,
  'clock-wrong': 503,
  'certificate-refused': 502,
  'proxy-failed': 502,
  'captive-portal': 502,
  'source-limited': 503,
  'source-refused': 502,
  'source-invalid': 502,
  'no-such-release': 404,
  'download-failed': 502,
  'manifest-invalid': 502,
  'manifest-changed': 412,
  'signature-missing': 502,
  'signature-invalid': 502,
  'release-expired': 409,
  'source-outdated': 502,
  incompatible: 409,
  'downgrade-refused': 409,
  'already-installed': 409,
  'already-published': 409,
  'held-back': 409,
  'bundle-invalid': 502,
  'entry-refused': 502,
  'file-missing': 502,
  'file-unexpected': 502,
  'hash-mismatch': 502,
  'post-install-refused': 409,
  'too-large': 413,
  'no-space': 507,
  'write-failed': 500,
  'service-failed': 500,
  'post-install-failed': 500,
  'probe-failed': 500,
  'roll-back-failed': 500,
  'nothing-to-roll-back': 409,
  'nothing-to-repair': 409,
  'not-repairable': 409,
  'state-damaged': 500,
  busy: 409,
  'not-cancellable': 409,
  cancelled: 409,
  interrupted: 500,
  'guard-fired': 500,
  'no-such-transaction': 404,
  unauthenticated: 401,
  forbidden: 403,
  'rate-limited': 429,
  'invalid-request': 400,
  'agent-unreachable': 503,
  'incompatible-protocol': 503,
  'config-invalid': 500,
  internal: 500,
};

/** What to wait, in seconds, where the error does not say it itself: an agent that restarts needs about this long. */
const RETRY_AFTER_SECONDS = 5;

/** `status` overrides the table where HTTP has a finer word for the same code (404 for an unknown route). */
export function problem(
  c: ApiContext,
  error: UpdateError,
  status: ContentfulStatusCode = STATUS_OF[error.code],
): Response {
  const headers: Record<string, string> = {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
  };
  if (status === 429 || status === 503) {
    const told = error.details['retryAfterSeconds'];
    headers['retry-after'] = String(typeof told === 'number' ? told : RETRY_AFTER_SECONDS);
  }
  // RFC 9110 asks for a challenge. Of this scheme browsers open no dialog.
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  const document = {
    type: `urn:pikit:error:${error.code}`,
    title: error.code.replaceAll('-', ' '),
    status,
    code: error.code,
    details: error.details,
    requestId: c.get('requestId'),
  };
  return c.body(JSON.stringify(document), status, headers);
}

/** Anything that is not an `UpdateError` is a bug of ours: its message may hold a path or a secret and stays here. */
export function asUpdateError(error: unknown): UpdateError {
  if (error instanceof UpdateError) return error;
  return new UpdateError('internal', 'unexpected error', { cause: error });
}
