/**
 * Cookie to session. The name carries the promise: `__Host-` makes the browser itself refuse the cookie over plain http,
 * where a LAN dashboard without certificates has to use the short name.
 */
import { UpdateError } from '@pikit/protocol';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { SignIn } from '../auth/sign-in.ts';
import { isHttps, type ApiContext, type ApiMiddleware } from '../request.ts';

export type Access = 'public' | 'session';

const COOKIE = 'pikit';
const SECURE_COOKIE = '__Host-pikit';

/** On public routes a missing session is a fact, on all others `unauthenticated`. */
export function authenticate(signIn: SignIn, access: Access): ApiMiddleware {
  return async (c, next) => {
    const token = getCookie(c, cookieName(c));
    const session = token === undefined ? undefined : await signIn.identify(token);
    if (session === undefined && access === 'session') {
      throw new UpdateError('unauthenticated', 'no session');
    }
    c.set('session', session);
    await next();
  };
}

export function setSessionCookie(c: ApiContext, token: string, maxAgeMs: number): void {
  setCookie(c, cookieName(c), token, {
    ...attributes(c),
    // Chromium keeps no cookie for more than 400 days, and Hono refuses to write one.
    maxAge: Math.min(Math.floor(maxAgeMs / 1000), 400 * 86_400),
  });
}

export function clearSessionCookie(c: ApiContext): void {
  deleteCookie(c, cookieName(c), attributes(c));
}

function cookieName(c: ApiContext): string {
  return isHttps(c) ? SECURE_COOKIE : COOKIE;
}

function attributes(c: ApiContext) {
  return { path: '/', httpOnly: true, sameSite: 'Strict', secure: isHttps(c) } as const;
}
