/**
 * Headers that tell a browser how little this page needs. No HSTS: a LAN dashboard speaks http. No opener and agent
 * cluster policies: over http browsers only log errors about them.
 */
import { secureHeaders } from 'hono/secure-headers';
import type { ApiMiddleware } from '../request.ts';

export const securityHeaders: ApiMiddleware = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    styleSrc: ["'self'"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'self'"],
  },
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
});

/** What the api answers concerns one moment and one person. */
export const noStore: ApiMiddleware = async (c, next) => {
  await next();
  c.header('cache-control', 'no-store');
};
