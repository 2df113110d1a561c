/**
 * Bearer token, cookie or proxy to caller. The cookie's name carries the promise: `__Host-` makes the browser itself refuse
 * it over plain http, where a LAN dashboard without certificates has to use the short name.
 */
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { checkAccess, type Access, type Caller } from '../auth/caller.ts';
import { userFromProxy, type ProxySignIn } from '../auth/proxy-sign-in.ts';
import type { SignIn } from '../auth/sign-in.ts';
import type { Tokens } from '../auth/tokens.ts';
import { isHttps, peerAddress, type ApiContext, type ApiMiddleware } from '../request.ts';

const COOKIE = 'pikit';
const SECURE_COOKIE = '__Host-pikit';

export interface WaysIn {
  readonly signIn: Pick<SignIn, 'identify'>;
  readonly tokens: Pick<Tokens, 'find'>;
  readonly proxySignIn: ProxySignIn;
}

export function identify(ways: WaysIn): ApiMiddleware {
  return async (c, next) => {
    c.set('caller', await callerOf(c, ways));
    await next();
  };
}

/** On public routes a missing caller is a fact, on all others a refusal. */
export function authorize(access: Access): ApiMiddleware {
  return (c, next) => {
    checkAccess(c.get('caller'), access);
    return next();
  };
}

async function callerOf(
  c: ApiContext,
  { signIn, tokens, proxySignIn }: WaysIn,
): Promise<Caller | undefined> {
  // Whoever shows a token is judged by it alone, also when it is a wrong one. Other schemes are a proxy's own business.
  const [, bearer] = /^bearer\b *(.*)$/i.exec(c.req.header('authorization') ?? '') ?? [];
  if (bearer !== undefined) {
    const token = tokens.find(bearer);
    return token && { kind: 'token', id: token.id, scopes: token.scopes };
  }
  const cookie = getCookie(c, cookieName(c));
  const id = cookie === undefined ? undefined : await signIn.identify(cookie);
  if (id !== undefined) return { kind: 'session', id };
  const user = userFromProxy(proxySignIn, peerAddress(c), (name) => c.req.header(name));
  return user === undefined ? undefined : { kind: 'proxy', user };
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
