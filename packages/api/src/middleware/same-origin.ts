/**
 * Refuses unsafe requests that another site could have sent. hono's `csrf()` looks at form content types only and breaks
 * behind a TLS proxy, hence these few lines. A request with neither header is refused too: every browser sends one of
 * them, and a script can write `Origin` itself.
 */
import { UpdateError } from '@pikit/protocol';
import type { ApiMiddleware } from '../request.ts';
import { hostOf } from './allowed-hosts.ts';

export const sameOrigin: ApiMiddleware = async (c, next) => {
  const site = c.req.header('sec-fetch-site');
  const allowed =
    site === undefined
      ? hostOfOrigin(c.req.header('origin')) === hostOf(c)
      : site === 'same-origin' || site === 'none';
  if (!allowed) {
    throw new UpdateError('forbidden', 'request from another origin', {
      details: { reason: 'other-origin' },
    });
  }
  await next();
};

/**
 * The same, but not asked of a caller with a token: no page can send that header to another site without asking first, and
 * beside it a cookie counts nothing.
 */
export const sameOriginOrToken: ApiMiddleware = (c, next) =>
  c.get('caller')?.kind === 'token' ? next() : sameOrigin(c, next);

/** With port; undefined for `null` (sandboxed frames, privacy redirects) and anything that is not a URL. */
function hostOfOrigin(origin: string | undefined): string | undefined {
  if (origin === undefined || !URL.canParse(origin)) return undefined;
  return new URL(origin).host;
}
