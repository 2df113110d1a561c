/**
 * Headers that tell a browser how little this page needs. No HSTS: a LAN dashboard speaks http. No opener and agent
 * cluster policies: over http browsers only log errors about them. Set before the answer is made, and straight on Node's: hono's
 * `secureHeaders` adds them to one that is finished, which costs more than everything else that a short answer does.
 */
import { setHeader, type ApiMiddleware } from '../request.ts';

const POLICY = [
  "default-src 'self'",
  "style-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'self'",
];

const HEADERS = Object.entries({
  'Content-Security-Policy': POLICY.join('; '),
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'SAMEORIGIN',
});

export const securityHeaders: ApiMiddleware = (c, next) => {
  for (const [name, value] of HEADERS) setHeader(c, name, value);
  return next();
};

/** What the api answers concerns one moment and one person. */
export const noStore: ApiMiddleware = (c, next) => {
  setHeader(c, 'cache-control', 'no-store');
  return next();
};
