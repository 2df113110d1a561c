/**
 * Answers only to names that can be this device. With DNS rebinding a foreign page reaches a LAN address under its own
 * name and is then *same-origin*; the name in `Host` is what gives it away.
 */
import { isIP } from 'node:net';
import { UpdateError } from '@pikit/protocol';
import type { ApiContext, ApiMiddleware } from '../request.ts';

export function allowedHosts(configured: readonly string[]): ApiMiddleware {
  let lastAllowed: string | undefined;
  return (c, next) => {
    const header = c.req.header('host');
    if (header !== undefined && header === lastAllowed) return next();
    const host = hostOf(c);
    if (host === undefined || !isAllowedHost(host, configured)) {
      throw new UpdateError('forbidden', 'unknown Host', { details: { reason: 'unknown-host' } });
    }
    lastAllowed = header;
    return next();
  };
}

/** Host and port as the client wrote them, normalised; undefined when that is not a host. */
export function hostOf(c: ApiContext): string | undefined {
  const header = c.req.header('host');
  if (header === undefined) return new URL(c.req.url).host;
  const url = `http://${header}/`;
  if (!/^[\w.:[\]-]+$/.test(header) || !URL.canParse(url)) return undefined;
  return new URL(url).host;
}

/** `host` may carry a port. No public name can end in `.local` or lack a dot. */
export function isAllowedHost(host: string, configured: readonly string[]): boolean {
  const name = host
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
  if (isIP(name) !== 0) return true;
  if (name === 'localhost' || name.endsWith('.localhost') || name.endsWith('.local')) return true;
  return /^[a-z0-9_-]+$/.test(name) || configured.includes(name);
}
